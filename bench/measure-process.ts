import { once } from 'node:events'
import { closeSync, openSync, readFileSync } from 'node:fs'
import type { Workspace } from './workspace.ts'

/** What one whole process cost, from its start to its end. */
export interface Cost {
  seconds: number
  /** Seconds of processor time, user and system, with the processes that it started. */
  cpu: number
  /** Most memory that it held at one time; null where the system does not tell. */
  megabytes: number | null
  stdout: string
  stderr: string
  exitCode: number | null
}

const SAMPLE_MS = 10
/** The shell tells afterwards what its child cost: everything, where polling would miss the end. */
const SCRIPT = '"$@"; code=$?; times >&3; exit $code'

/** Runs a program with its output in files and nothing on stdin. */
export async function measureProcess(workspace: Workspace, command: readonly string[]): Promise<Cost> {
  const files = ['stdout', 'stderr', 'times'].map((name) => workspace.path(name))
  const handles = files.map((file) => openSync(file, 'w'))
  let peak = 0
  const began = performance.now()
  const shell = workspace.start('sh', ['-c', SCRIPT, 'sh', ...command], {
    cwd: workspace.directory,
    // What the bench's own environment configures is not what is measured.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('PRINTMASTER_'))),
    stdio: ['ignore', ...handles],
  })
  const sampler = setInterval(() => {
    peak = Math.max(peak, readPeak(shell.pid))
  }, SAMPLE_MS)
  const [exitCode] = (await once(shell, 'exit')) as [number | null]
  const seconds = (performance.now() - began) / 1000
  clearInterval(sampler)
  for (const handle of handles) closeSync(handle)
  const [stdout, stderr, times] = files.map((file) => readFileSync(file, 'latin1')) as [string, string, string]
  return { seconds, cpu: readTimes(times), megabytes: peak > 0 ? peak : null, stdout, stderr, exitCode }
}

/** The most memory so far of a shell's child in MB; the kernel keeps it, so only what the last moments add is missed. */
function readPeak(shell: number | undefined): number {
  try {
    const [child] = readFileSync(`/proc/${shell}/task/${shell}/children`, 'latin1').split(' ')
    const kilobytes = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child}/status`, 'latin1'))?.[1]
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0 // not yet started, or over, or a system without /proc
  }
}

/** The second line of the shell's `times` is its children's: user and system, as 0m0.330000s. */
function readTimes(text: string): number {
  const [, children = ''] = text.split('\n')
  return Array.from(children.matchAll(/(\d+)m([\d.]+)s/g)).reduce(
    (sum, [, m, s]) => sum + Number(m) * 60 + Number(s),
    0,
  )
}
