import type {FaultRule} from './fault';

const COLLECTION = {host: 'dev.azure.com'};

/** Where a fault may strike, by name: the `match` of a rule, to which `nth` and others may be added. */
export const FAULT_TARGETS = {
  auditLog: {host: 'auditservice.dev.azure.com', path: '/auditlog'},
  token: {host: 'login.microsoftonline.com'},
  oidcToken: {...COLLECTION, path: '/oidctoken'},
  /** The list of runs. */
  builds: {...COLLECTION, path: '/_apis/build/builds?'},
  /** Lists and contents of attachments. */
  attachments: {...COLLECTION, path: '/attachments/'},
  /** Lists and descriptions of artifacts, and zips. */
  artifacts: {...COLLECTION, path: '/artifacts?'},
  zip: {...COLLECTION, path: 'format=zip'},
  containers: {...COLLECTION, path: '/_apis/resources/containers/'},
  leases: {...COLLECTION, path: '/retention/leases'},
  keyVault: {host: 'fabrikam-audit.vault.azure.net'},
} as const satisfies Record<string, FaultRule['match']>;
