/** How many rows there are so far, on stderr; nothing where that is no terminal, or where the rows go to it as well. */
export function createExportProgress(what: string): { show(rows: number): void; clear(): void } {
  const { stdout, stderr } = process
  const isShown = stderr.isTTY && !stdout.isTTY
  let isThere = false
  return {
    show(rows) {
      if (!isShown) return
      stderr.write(`\r${rows.toLocaleString('en')} ${what}`)
      isThere = true
    },
    clear() {
      if (isThere) stderr.write('\r\x1b[K')
      isThere = false
    },
  }
}
