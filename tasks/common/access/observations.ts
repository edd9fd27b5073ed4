import type { Agent } from '../agent/agent';
import type { AuditLogPage } from '../auditlog/page';
import { PageReader } from '../auditlog/pageReader';
import { TaskError } from '../errors/taskError';
import type { Http } from '../http/http';
import { exchangeAssertion } from '../identity/accessToken';
import { requestAssertion } from '../identity/assertion';
import { readClaims, type Claims } from '../identity/claims';
import type { JobContext } from '../identity/jobContext';
import { probeOrganization, type OrganizationProbe } from '../identity/organizationProbe';
import { readServiceConnection, type ConnectionKind, type ServiceConnection } from '../identity/serviceConnection';
import type { Clock } from '../time/clock';
import { AzureDevOpsApi } from './azureDevOpsApi';
import { readSecurity, type Security } from './security';

/** Who is to read which audit log. */
export interface AccessSubject {
  readonly agent: Agent;
  readonly http: Http;
  readonly job: JobContext;
  readonly connection: { readonly kind: ConnectionKind; readonly id: string };
  readonly organization: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * What can be looked at from here, each thing looked at once, however many checks ask.
 * A method rejects when it cannot be seen; the check that it is about says why, the others are skipped or know nothing.
 */
export class Observations {
  readonly subject: AccessSubject;
  readonly #seen = new Map<string, Promise<unknown>>();

  constructor(subject: AccessSubject) {
    this.subject = subject;
  }

  /** Settings pages of the organization, `https://dev.azure.com/NAME/_settings/PAGE`. */
  settings(page: string): string {
    return `https://dev.azure.com/${this.subject.organization}/_settings/${page}`;
  }

  connection(): ServiceConnection {
    const { agent, connection } = this.subject;
    return readServiceConnection(agent, connection.kind, connection.id);
  }

  assertion(): Promise<string> {
    const { agent, http, job, signal } = this.subject;
    return this.#once('assertion', () => requestAssertion(agent, http, job, this.connection(), signal));
  }

  async assertionClaims(): Promise<Claims> {
    return readClaims(await this.assertion());
  }

  token(): Promise<string> {
    const { agent, http, signal, clock } = this.subject;
    return this.#once('token', async () => (await exchangeAssertion({ agent, http, clock, connection: this.connection() }, await this.assertion(), signal)).token);
  }

  async tokenClaims(): Promise<Claims> {
    return readClaims(await this.token());
  }

  /** What the organization tells anybody; rejects with ORGANIZATION_NOT_FOUND. */
  probe(): Promise<OrganizationProbe> {
    const { http, organization, signal } = this.subject;
    return this.#once('probe', () => probeOrganization(http, organization, signal));
  }

  api(): Promise<AzureDevOpsApi> {
    const { http, organization, signal } = this.subject;
    return this.#once('api', async () => new AzureDevOpsApi({ http, organization, token: await this.token(), signal }));
  }

  /** Identity, groups and permissions of the caller, as far as the caller may see them. */
  security(): Promise<Security> {
    return this.#once('security', async () => readSecurity(await this.api()));
  }

  /** A page of one entry of the last hour, or why there is none. */
  query(): Promise<AuditLogPage | TaskError> {
    return this.#once('query', async () => {
      const { http, organization, clock, signal } = this.subject;
      const token = await this.token();
      const { shownClientId, tenantId } = this.connection();
      const probe = await this.probe();
      const caller = { organization, clientId: shownClientId, tenantId, organizationTenantId: probe.tenantId };
      const reader = new PageReader({ http, caller, tokens: { get: () => Promise.resolve(token), forget: () => undefined }, batchSize: 1, onNotice: () => undefined });
      const endSeconds = Math.floor(Math.min(clock(), probe.dateMs ?? Infinity) / 1000);
      try {
        return await reader.read({ organization, window: { startSeconds: endSeconds - 3600, endSeconds }, skipAggregation: true }, undefined, signal);
      } catch (thrown) {
        if (thrown instanceof TaskError) return thrown;
        throw thrown;
      }
    });
  }

  #once<T>(name: string, look: () => Promise<T>): Promise<T> {
    const seen = this.#seen.get(name) ?? look();
    this.#seen.set(name, seen);
    return seen as Promise<T>;
  }
}
