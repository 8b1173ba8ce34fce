import { lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The name says whose it is; those that are to be kept have no owner. */
const PREFIX = 'printmaster-demo-'
const OWNED = /^printmaster-demo-(\d+)-[A-Za-z0-9]{6}$/

/** A new directory for a demo of this process. @param isKept whether it is to outlive the demo */
export function makeDemoDirectory(isKept: boolean): Promise<string> {
  return mkdtemp(join(tmpdir(), `${PREFIX}${isKept ? 'kept' : process.pid}-`))
}

/** Removes what demos left behind that were killed without a word: directories of this user whose process is gone. */
export async function clearAbandonedDemos(): Promise<void> {
  const names = await readdir(tmpdir()).catch(() => [])
  for (const name of names) {
    const pid = Number(OWNED.exec(name)?.[1] ?? 0)
    if (pid === 0 || isAlive(pid)) continue
    const path = join(tmpdir(), name)
    const found = await lstat(path).catch(() => null)
    if (found === null || !found.isDirectory() || found.uid !== process.getuid?.()) continue
    // what cannot be removed is no reason to show nothing
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}
