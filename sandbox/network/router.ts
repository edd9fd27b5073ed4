import {textReply, type Reply, type ServiceRequest} from './exchange';
import {signInPage} from './signIn';

/** A service that answers for an organization; `path` is what follows the organization's name. */
interface OrganizationService {
  answer(request: ServiceRequest, path: string): Promise<Reply>;
}

/** The services behind the host names. */
export interface Services {
  readonly entra: {answer(request: ServiceRequest): Promise<Reply>};
  readonly keyVault: {answer(request: ServiceRequest): Promise<Reply>};
  readonly collection: OrganizationService & {answerPipelineArtifact(request: ServiceRequest): Promise<Reply>};
  readonly audit: OrganizationService;
}

/** Leads each request to the service of its host name, and to the organization its path or host names. */
export function hostRouter(organization: string, services: Services): (request: ServiceRequest) => Promise<Reply> {
  return async (request) => {
    const host = request.url.hostname.toLowerCase();
    if (host === 'login.microsoftonline.com') return services.entra.answer(request);
    if (host.endsWith('.vault.azure.net')) return services.keyVault.answer(request);
    if (/^\/_signin$/i.test(request.url.pathname)) return signInPage();
    if (host.endsWith('.artifacts.visualstudio.com')) return services.collection.answerPipelineArtifact(request);
    if (host.endsWith('.visualstudio.com')) {
      const known = host === `${organization.toLowerCase()}.visualstudio.com`;
      return known ? services.collection.answer(request, request.url.pathname) : unknownOrganization();
    }
    const path = pathInside(organization, request.url.pathname);
    if (path === undefined) return unknownOrganization();
    if (host === 'auditservice.dev.azure.com') return services.audit.answer(request, path);
    return services.collection.answer(request, path);
  };
}

function pathInside(organization: string, pathname: string): string | undefined {
  const prefix = `/${organization}`;
  const begins = pathname.toLowerCase().startsWith(`${prefix.toLowerCase()}/`);
  return begins ? pathname.slice(prefix.length) : undefined;
}

function unknownOrganization(): Reply {
  return textReply(404, 'text/plain', 'The resource cannot be found.');
}
