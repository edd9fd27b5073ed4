import { formatCount } from '../tasks/common/report/markdown';

/** `1 entry`, `12,345 entries`. */
export function counted(count: number, one: string, many: string): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
