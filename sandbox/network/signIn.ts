import {jsonReply, textReply, type Reply, type ServiceRequest} from './exchange';

/** The page at which a client ends that follows redirects: status 203 and HTML instead of data. */
export function signInPage(): Reply {
  const page = '<!DOCTYPE html>\r\n<html lang="en-US"><head><title>Azure DevOps Services | Sign In</title></head><body><form method="post"></form></body></html>';
  return textReply(203, 'text/html; charset=utf-8', page);
}

/** Where a browser is sent to sign in. */
export function signInAddress(request: ServiceRequest): string {
  const realm = encodeURIComponent(request.url.host);
  return `https://spsprodweu1.vssps.visualstudio.com/_signin?realm=${realm}&reply_to=${encodeURIComponent(request.url.href)}&redirect=1`;
}

/** The redirect to the sign-in page. */
export function signInRedirect(request: ServiceRequest): Reply {
  const body = '<html><head><title>Object moved</title></head><body><h2>Object moved to <a href="/_signin">here</a>.</h2></body></html>';
  return textReply(302, 'text/html; charset=utf-8', body, {location: signInAddress(request)});
}

/**
 * What a request without a usable token gets: 401 with JSON when the caller suppresses redirects (or the method knows none),
 * else the way to the sign-in page. Source: field reports in microsoft/azure-devops-auth-samples and azure-pipelines-agent.
 */
export function unauthenticated(request: ServiceRequest, message: string, challenge: Readonly<Record<string, string>>, signIn: 'redirect' | 'page'): Reply {
  const browserLike = request.method === 'GET' || request.method === 'POST' || request.method === 'HEAD';
  if (suppressesRedirect(request) || !browserLike) {
    return refusal(401, message, 'UnauthorizedRequestException', {...challenge, 'x-tfs-fedauthredirect': signInAddress(request)});
  }
  return signIn === 'page' ? signInPage() : signInRedirect(request);
}

/** Whether the caller asked for 401 instead of a redirect. */
export function suppressesRedirect(request: ServiceRequest): boolean {
  return request.headers['x-tfs-fedauthredirect']?.toLowerCase() === 'suppress';
}

/** An error in the envelope of Azure DevOps. */
export function refusal(status: number, message: string, typeKey: string, headers: Readonly<Record<string, string>> = {}, more: Readonly<Record<string, unknown>> = {}): Reply {
  const typeName = `Microsoft.TeamFoundation.Framework.Server.${typeKey}, Microsoft.TeamFoundation.Framework.Server`;
  return jsonReply(status, {$id: '1', innerException: null, message, typeName, typeKey, errorCode: 0, eventId: 3000, ...more}, headers);
}
