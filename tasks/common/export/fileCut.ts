/** A place where a compressed file of lines can be cut: what stands before it can be inflated without the rest. */
export interface FileCut {
  /** Of the file, before the place. */
  readonly fileBytes: number;
  /** How many whole lines that holds. */
  readonly entries: number;
  /** Of those lines, with their line feeds. */
  readonly bytes: number;
}
