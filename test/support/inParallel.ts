/** Works through a list with so many at a time. The results are in the order of the list; the first failure ends it. */
export async function inParallel<Item, Result>(items: readonly Item[], atATime: number, work: (item: Item, index: number) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}
