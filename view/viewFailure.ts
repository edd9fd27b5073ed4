/** Why no report can be made: a sentence for the user. */
export class ViewFailure extends Error {}

export class TooManyAtOnce extends ViewFailure {
  constructor(most: number) {
    super(`More than ${most} of these exports hold entries of the same time, and so many files cannot be read side by side. Show fewer: leave out copies, or name a range with --from and --to.`);
  }
}
