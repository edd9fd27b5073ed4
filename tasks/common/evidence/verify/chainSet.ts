import { referenceOf } from './links';
import { isInChain, type ChainExport, type ExportRecord } from './exportRecord';

/** Exports that belong together: of one chain, with its side branches, restarts, and the chains of other pipelines that it continues. */
export interface ChainSet {
  readonly organization: string;
  readonly records: readonly ChainExport[];
}

/** Finds exports by what refers to them. */
export class ExportIndex {
  readonly #byHash: ReadonlyMap<string, ChainExport>;
  readonly #byFolder: ReadonlyMap<string, ChainExport>;

  constructor(records: readonly ExportRecord[]) {
    const inChains = records.filter(isInChain);
    this.#byHash = new Map(inChains.map((record) => [record.sha256, record]));
    this.#byFolder = new Map(inChains.map((record) => [record.folder, record]));
  }

  /** The export that this one follows, whose manifest is still the one that was followed. */
  followed(record: ChainExport): ChainExport | undefined {
    return this.#byHash.get(referenceOf(record)?.manifestSha256 ?? '');
  }

  /** The export that now lies in the place of the one that was followed, with another manifest. */
  replaced(record: ChainExport): ChainExport | undefined {
    const found = this.#byFolder.get(referenceOf(record)?.folder ?? '');
    return found === record ? undefined : found;
  }
}

/** Puts exports together that are of one identity, or that a link connects. */
export function chainSets(records: readonly ExportRecord[], index: ExportIndex): ChainSet[] {
  const inChains = records.filter(isInChain);
  const parents = new Map<string, string>();
  const rootOf = (identity: string): string => {
    let root = identity;
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent;
    return root;
  };
  for (const record of inChains) {
    const target = index.followed(record) ?? index.replaced(record);
    if (target === undefined) continue;
    const [own, other] = [rootOf(identityOf(record)), rootOf(identityOf(target))];
    if (own !== other) parents.set(own, other);
  }
  const sets = new Map<string, ChainExport[]>();
  for (const record of inChains) {
    const root = rootOf(identityOf(record));
    const together = sets.get(root);
    if (together) together.push(record);
    else sets.set(root, [record]);
  }
  return [...sets.values()].map((together) => ({ organization: together[0]?.organization ?? '', records: together }));
}

function identityOf({ organization, chain }: ChainExport): string {
  return JSON.stringify([organization, chain.pipelineId, chain.branch, chain.artifactName]);
}
