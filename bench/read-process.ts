import { readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100

/** Processor time so far, and memory now and at most, as the kernel counts them. */
export function readProcess(pid: number): { cpuSeconds: number; megabytes: number; peak: number } {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = readFileSync(`/proc/${pid}/status`, 'latin1')
  const megabytesOf = (key: string) => Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024
  return {
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND,
    megabytes: megabytesOf('VmRSS'),
    peak: megabytesOf('VmHWM'),
  }
}
