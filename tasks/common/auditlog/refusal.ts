import { TaskError, type TaskErrorOptions } from '../errors/taskError';
import type { HttpResponse } from '../http/http';
import { serviceCodeOf } from '../http/serviceCode';

/** Who asks, for advice that can be followed without looking anything up. */
export interface Caller {
  readonly organization: string;
  readonly clientId: string;
  readonly tenantId: string;
  /** Tenant of the organization where it told so. */
  readonly organizationTenantId: string | undefined;
}

/** The sentence for an answer of the Audit service that holds no page. The answer's own text is only searched for its code. */
export function refusal(response: HttpResponse, caller: Caller): TaskError {
  const { status, activityId } = response;
  const serviceCode = serviceCodeOf(response.body);
  const facts = { activityId, status, serviceCode };
  const answered = `HTTP ${status}${serviceCode === undefined ? '' : `, ${serviceCode}`}`;
  const settings = `https://dev.azure.com/${caller.organization}/_settings`;
  if (status === 403) {
    return new TaskError('AUDIT_ACCESS_DENIED', `The identity ${caller.clientId} may not read the audit log of the organization "${caller.organization}" (${answered}).`, {
      ...facts,
      advice: [
        `Open ${settings}/groups (Organization settings > Permissions), search for the service principal or managed identity under Users, and set "View audit log" to Allow.`,
        'A permission that was granted a moment ago takes 5 to 10 minutes to apply.',
        `If it is already allowed, look for a Deny that one of its groups brings, and whether auditing is on: ${settings}/organizationPolicy > Security policies > Log Audit Events.`,
      ],
    });
  }
  if (status === 404) {
    return new TaskError('AUDIT_NOT_FOUND', `The Audit service knows no audit log of an organization "${caller.organization}" (${answered}).`, {
      ...facts,
      advice: [
        'Correct the input organization, if it is not the name in the address of your projects.',
        `Switch auditing on: ${settings}/organizationPolicy > Security policies > Log Audit Events. It exists only in organizations that are connected to Microsoft Entra.`,
      ],
    });
  }
  const isSignIn = status < 400 || status === 401 || status === 407;
  const isFailing = status === 408 || status === 429 || status >= 500;
  if (!isSignIn && !isFailing) {
    return new TaskError('AUDIT_REQUEST_REFUSED', `The Audit service does not understand the query (${answered}).`, {
      ...facts,
      advice: ['Update the extension to its newest version. If it is the newest, report this as an issue of the extension, with the activity id.'],
    });
  }
  if (isFailing) return failing(answered, facts, caller);
  return signInRefused(answered, facts, caller);
}

/** What support and the access checks need of the answer. */
type Facts = Required<Pick<TaskErrorOptions, 'activityId' | 'status' | 'serviceCode'>>;

function failing(answered: string, facts: Facts, caller: Caller): TaskError {
  const otherTenant = facts.status === 429 ? otherTenantAdvice(caller) : [];
  return new TaskError('SERVICE_FAILING', `The Audit service could not answer (${answered}), however often it was asked.`, {
    ...facts,
    advice: [...otherTenant, 'Run the pipeline again later; if it happens again, look at status.dev.azure.com.'],
  });
}

function signInRefused(answered: string, facts: Facts, caller: Caller): TaskError {
  const otherTenant = otherTenantAdvice(caller);
  return new TaskError('AUDIT_SIGN_IN_REFUSED', `The organization "${caller.organization}" does not accept the sign-in of the identity ${caller.clientId} (${answered}).`, {
    ...facts,
    advice: otherTenant.length > 0 ? otherTenant : [
      ...(facts.status === 200 ? ['The answer was a web page. If a proxy of your network answers with a page of its own (a notice, a sign-in), let it pass auditservice.dev.azure.com unchanged.'] : []),
      `Add the service principal or managed identity as a user of the organization: https://dev.azure.com/${caller.organization}/_settings/users > Add users. Membership in a project is not enough.`,
      `Find it there by its name or by its client id ${caller.clientId}. It must belong to the tenant to which the organization is connected.`,
    ],
  });
}

/** Whether the organization is known to be connected to another tenant than the one signed in to. */
export function isOfOtherTenant(caller: Caller): boolean {
  return caller.organizationTenantId !== undefined && caller.organizationTenantId !== caller.tenantId.toLowerCase();
}

function otherTenantAdvice(caller: Caller): string[] {
  if (!isOfOtherTenant(caller)) return [];
  return [`The organization is connected to the tenant ${caller.organizationTenantId ?? ''}, but the service connection signs in to ${caller.tenantId}. Use a service connection whose identity belongs to the organization's tenant.`];
}
