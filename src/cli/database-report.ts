import type { CheckReport } from '../core/store/store.ts'

/** What a check of the database found, as lines for people. */
export function formatDatabaseReport(path: string, { schema_version, rows, problems }: CheckReport): string {
  const counts = Object.entries(rows).map(([table, count]) => `  ${table.padEnd(20)} ${count.toLocaleString('en')}`)
  const verdict =
    problems.length === 0
      ? ['no problem found']
      : [
          `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}:`,
          ...problems.map((text) => `  ${text}`),
        ]
  return `${[`${path}: schema ${schema_version}`, ...counts, ...verdict].join('\n')}\n`
}
