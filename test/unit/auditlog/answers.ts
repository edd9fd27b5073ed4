import type { HttpResponse } from '../../../tasks/common/http/http';

export const ACTIVITY_ID = '6a3f1a52-1d8c-4b6e-9a51-0d7cbe33aa01';

/** An answer as http/ hands it on. */
export function response(status: number, body: string | Buffer = '', headers: Readonly<Record<string, string>> = {}): HttpResponse {
  return { status, body: Buffer.from(body as string), header: (name) => headers[name], activityId: ACTIVITY_ID, dateMs: undefined, isExhausted: false };
}
