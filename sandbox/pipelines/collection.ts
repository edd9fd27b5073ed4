import {randomUUID} from 'node:crypto';
import type {Caller, Gate} from '../entra/gate';
import type {SigningKey} from '../entra/signingKey';
import {jsonReply, textReply, type Reply, type ServiceRequest} from '../network/exchange';
import {refusal} from '../network/signIn';
import type {Directory, Project} from '../organization/directory';
import type {AccessSettings} from '../security/accessSettings';
import {describeCaller, SecurityService} from '../security/securityService';
import type {Switches} from '../switches';
import type {BuildService} from './buildService';
import type {Pipelines} from './pipelines';
import type {RunRecord} from './runRecord';

/** What the organization's own host needs. */
export interface CollectionOptions {
  readonly directory: Directory;
  readonly project: Project;
  readonly gate: Gate;
  /** Signs assertions. */
  readonly key: SigningKey;
  readonly pipelines: Pipelines;
  readonly build: BuildService;
  /** Is told for which service connection a run got an assertion. */
  readonly onConnection: (run: RunRecord, connectionId: string, now: number) => void;
  readonly switches: Readonly<Switches>;
  readonly access: AccessSettings;
  readonly onToken: (token: string) => void;
}

/** The parts of `https://dev.azure.com/{organization}` that a pipeline job and an access check call. */
export class CollectionService {
  private readonly security: SecurityService;

  constructor(private readonly options: CollectionOptions) {
    this.security = new SecurityService(options.access);
  }

  /** @param path the path behind the organization's name, beginning with a slash */
  async answer(request: ServiceRequest, path: string): Promise<Reply> {
    if (/^\/_apis\/connectionData$/i.test(path)) return this.connectionData(request);
    const caller = await this.options.gate.admit(request);
    if (caller.kind === 'refused') return caller.reply;
    const run = this.runOfOidcPath(path);
    if (run !== undefined) return this.oidcToken(request, caller, run);
    const project = /^\/_apis\/projects\/([^/]+)$/i.exec(path)?.[1];
    if (project !== undefined) return this.describeProject(request, caller, decodeURIComponent(project));
    return (await this.options.build.answer(request, path, caller)) ?? this.security.answer(request, path, caller) ?? textReply(404, 'text/plain', 'The resource cannot be found.');
  }

  /** The host that serves the content of pipeline artifacts. */
  async answerPipelineArtifact(request: ServiceRequest): Promise<Reply> {
    const caller = await this.options.gate.admit(request);
    return caller.kind === 'refused' ? caller.reply : this.options.build.answerPipelineArtifact(request, caller);
  }

  private runOfOidcPath(path: string): RunRecord | undefined {
    const [, project, planId = '', jobId = ''] = /^\/([^/]+)\/_apis\/distributedtask\/hubs\/build\/plans\/([^/]+)\/jobs\/([^/]+)\/oidctoken$/i.exec(path) ?? [];
    return project?.toLowerCase() === this.options.project.id ? this.options.pipelines.runOfJob(planId, jobId) : undefined;
  }

  private async connectionData(request: ServiceRequest): Promise<Reply> {
    const challenge = this.options.gate.challenge();
    const caller = await this.options.gate.admit(request);
    if (caller.kind === 'refused') return {...caller.reply, headers: {...caller.reply.headers, ...challenge}};
    const {organizationId} = this.options.directory;
    const user = caller.kind === 'job' ? this.buildService() : describeCaller(this.options.access, caller);
    return jsonReply(200, {authenticatedUser: user, authorizedUser: user, instanceId: organizationId, deploymentId: organizationId, deploymentType: 'hosted', locationServiceData: {serviceOwner: '00025394-6065-48ca-87d9-7f5672854ef7'}}, challenge);
  }

  private buildService(): object {
    const {project, directory: {organization, organizationId}} = this.options;
    const descriptor = `Microsoft.TeamFoundation.ServiceIdentity;${organizationId}:Build:${project.id}`;
    return {id: organizationId, descriptor, subjectDescriptor: `svc.${Buffer.from(descriptor).toString('base64url')}`, providerDisplayName: `${project.name} Build Service (${organization})`, isActive: true, properties: {}};
  }

  /** Only the job itself gets assertions, and only for service connections that exist. */
  private async oidcToken(request: ServiceRequest, caller: Caller, run: RunRecord): Promise<Reply> {
    if (request.method !== 'POST') return refusal(405, 'The requested resource does not support http method GET.', 'VssServiceException', {allow: 'POST'});
    if (caller.kind !== 'job') return refusal(403, 'The caller is not the job.', 'AccessCheckException');
    const version = request.url.searchParams.get('api-version');
    if (version === null || !/^7\.[12]/.test(version)) return refusal(400, 'No api-version was supplied for the request, or it is out of range.', 'VssVersionNotSpecifiedException');
    const {access} = this.options;
    if (access.job.plan === 'over' || run.finishTime !== undefined) return refusal(403, 'The orchestration plan of this job has ended.', 'TaskOrchestrationPlanSecurityException');
    if (access.job.plan === 'unknown') return refusal(404, 'No orchestration plan was found.', 'TaskOrchestrationPlanNotFoundException');
    const id = request.url.searchParams.get('serviceConnectionId')?.toLowerCase() ?? '';
    const withheld = access.withheld.get(id);
    if (withheld === 'notPermitted') return refusal(403, 'The pipeline is not authorized to use the service connection.', 'AccessCheckException');
    const identity = access.federated.get(id);
    if (identity === undefined || withheld === 'deleted') return refusal(404, 'The service connection could not be found.', 'ServiceEndpointDoesNotExistException');
    const seconds = Math.floor(request.now / 1000);
    const token = await this.options.key.sign({
      jti: randomUUID(), sub: identity.subject, iss: identity.issuer, aud: 'api://AzureADTokenExchange',
      iat: seconds, nbf: seconds, exp: seconds + this.options.switches.assertionLifetime,
    });
    this.options.onToken(token);
    this.options.onConnection(run, id, request.now);
    return jsonReply(200, {oidcToken: token});
  }

  private describeProject(request: ServiceRequest, caller: Caller, name: string): Reply {
    const {project, switches, directory} = this.options;
    if (request.method !== 'GET') return refusal(405, 'Only GET.', 'VssServiceException', {allow: 'GET'});
    if (caller.kind !== 'job') return refusal(404, `VS800075: The project with id '${name}' does not exist, or you do not have permission to access it.`, 'ProjectDoesNotExistException');
    if (switches.projectStatus !== 200) return refusal(switches.projectStatus, 'The stand-in was told to refuse the project.', 'AccessCheckException');
    const known = [project.id, project.name].some((candidate) => candidate.toLowerCase() === name.toLowerCase());
    if (!known) return refusal(404, `TF200016: The following project does not exist: ${name}.`, 'ProjectDoesNotExistWithNameException');
    const url = `https://dev.azure.com/${directory.organization}/_apis/projects/${project.id}`;
    return jsonReply(200, {id: project.id, name: project.name, url, state: 'wellFormed', revision: 117, visibility: switches.projectVisibility, lastUpdateTime: '2026-01-12T08:03:11.457Z', _links: {self: {href: url}}});
  }
}
