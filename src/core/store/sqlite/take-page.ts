/** A page ends early rather than hold more than this: answers are put together in memory, several at a time. */
export const PAGE_BYTES = 8 * 1024 * 1024

/**
 * Takes a page from rows that are read one at a time: `limit` of them, fewer where they are large, one at least.
 *
 * @param sizeOf bytes of a row, about
 */
export function takePage<Row>(
  rows: Iterable<Row>,
  limit: number,
  sizeOf: (row: Row) => number,
): { readonly page: readonly Row[]; readonly hasMore: boolean } {
  const page: Row[] = []
  let bytes = 0
  for (const row of rows) {
    bytes += sizeOf(row)
    if (page.length === limit || (page.length > 0 && bytes > PAGE_BYTES)) return { page, hasMore: true }
    page.push(row)
  }
  return { page, hasMore: false }
}
