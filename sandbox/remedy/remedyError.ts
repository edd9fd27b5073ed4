/** A change that Azure would refuse, or that an administrator could not find. */
export class RemedyError extends Error {}
