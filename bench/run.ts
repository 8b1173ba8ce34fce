import { parseArgs } from 'node:util'

const USAGE = 'usage: npm run bench [NAME...] [-- [--only CASE]... [--runs N] [--seeds N]]'
const BENCHES = ['scan', 'ingest', 'agent', 'live', 'retention'] as const

export interface BenchOptions {
  /** The cases to run; none: all. */
  only: readonly string[]
  /** How often each figure is measured; the median is told. */
  runs: number
  /** How many seeds of lost packets are tried. */
  seeds: number
}

function readCount(name: string, text: string): number {
  const count = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (count < 1) throw new RangeError(`--${name} ${text}: must be a whole number from 1 to 999`)
  return count
}

/** `npm run bench [NAME...]`: runs the named benches, all by default. Figures go to stdout, one a line. */
async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      only: { type: 'string', multiple: true, default: [] },
      runs: { type: 'string', default: '3' },
      seeds: { type: 'string', default: '10' },
    },
  })
  const unknown = positionals.filter((name) => !BENCHES.some((known) => known === name))
  if (unknown.length > 0) {
    throw new RangeError(`there is no bench ${unknown.join(', ')}; there are: ${BENCHES.join(', ')}`)
  }
  const options: BenchOptions = {
    only: values.only,
    runs: readCount('runs', values.runs),
    seeds: readCount('seeds', values.seeds),
  }
  for (const name of BENCHES) {
    if (positionals.length > 0 && !positionals.includes(name)) continue
    const { run } = (await import(`./${name}.ts`)) as { run(options: BenchOptions): Promise<void> }
    await run(options)
  }
}

try {
  await main()
} catch (error) {
  const isUsage = error instanceof RangeError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS')
  console.error(isUsage ? `${(error as Error).message}\n${USAGE}` : error)
  process.exitCode = isUsage ? 2 : 1
}
