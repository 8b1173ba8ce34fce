import { setTimeout as sleep } from 'node:timers/promises'
import { PrintMasterError } from '../core/model/error.ts'
import {
  type ArchiveJob,
  ArchiveJobSchema,
  type ArchiveList,
  ArchiveListSchema,
  type WireArchive,
} from '../core/protocol/retention.ts'
import { describePlace, openArchivePlace } from '../core/retention/archive/open-place.ts'
import { type ArchiveTask, createArchiveJobs, renderArchive } from '../core/retention/archive-jobs.ts'
import { utcText } from '../core/store/utc-text.ts'
import type { AccessFlags } from './access-flags.ts'
import { describeUser } from './describe-user.ts'
import { openLocal, openRemote } from './open-access.ts'

/** Where archives are looked at and used: by the database of this machine, or by a server elsewhere. */
export interface ArchiveOffice {
  /** Behind the archive with this id, oldest first. */
  list(after: number): Promise<readonly WireArchive[]>
  /**
   * Until it is done, or the signal aborts.
   * @param tell hears how far it is
   * @throws PrintMasterError archive_failed
   */
  run(task: ArchiveTask, signal: AbortSignal, tell: (job: ArchiveJob) => void): Promise<ArchiveJob>
  close(): Promise<void>
}

const PAGE = 500
const ASK_EVERY_MS = 500

/** @throws PrintMasterError, StoreError */
export async function openArchiveOffice(
  flags: AccessFlags,
  options: { readonly readonly: boolean },
  tell: (sentence: string) => void,
): Promise<ArchiveOffice> {
  return flags.server === undefined ? openHere(flags, options, tell) : openThere(flags.server, flags, tell)
}

async function openHere(
  flags: AccessFlags,
  options: { readonly readonly: boolean },
  tell: (sentence: string) => void,
): Promise<ArchiveOffice> {
  const { store, config, database } = await openLocal(flags, options, tell)
  const { archive } = config.retention
  if (archive === null) {
    await store.close()
    throw new PrintMasterError('bad_config', '[retention] archive = none: there are no archives; name where they are')
  }
  tell(`archives: ${describePlace(archive, database)}`)
  const jobs = createArchiveJobs({ store, openPlace: () => openArchivePlace(archive, database), now: Date.now })
  return {
    list: async (after) => (await store.listArchives(null, after, PAGE)).map(renderArchive),
    async run(task, signal, hear) {
      const stop = () => void jobs.close()
      signal.addEventListener('abort', stop, { once: true })
      const { ended } = jobs.start(task, describeUser())
      hear(jobs.state())
      const asking = setInterval(() => hear(jobs.state()), ASK_EVERY_MS)
      await ended
      clearInterval(asking)
      signal.removeEventListener('abort', stop)
      return judge(jobs.state())
    },
    async close() {
      await jobs.close()
      await store.close()
    },
  }
}

async function openThere(url: string, flags: AccessFlags, tell: (sentence: string) => void): Promise<ArchiveOffice> {
  const remote = await openRemote(url, flags, 'an admin', tell)
  const begin = (task: ArchiveTask): Promise<ArchiveJob> => {
    if (task.kind === 'verify') return remote.send(ArchiveJobSchema, 'POST', '/retention/archives/verify')
    const keep_seconds = Math.max(1, Math.round((task.until - Date.now()) / 1000))
    const body = { from: utcText(task.from), to: utcText(task.to), keep_seconds }
    return remote.send(ArchiveJobSchema, 'POST', '/retention/archives/restore', body)
  }
  return {
    async list(after) {
      const path = `/retention/archives?after=${after}&limit=${PAGE}`
      return (await remote.send<ArchiveList>(ArchiveListSchema, 'GET', path)).archives
    },
    async run(task, signal, hear) {
      let job = await begin(task)
      const isOwn =
        job.kind === task.kind &&
        (task.kind === 'verify' || (job.from === utcText(task.from) && job.to === utcText(task.to)))
      if (!isOwn) {
        throw new PrintMasterError(
          'server_refused',
          'the server is at work on its archives already; try again when it is done',
        )
      }
      while (job.running) {
        hear(job)
        await sleep(ASK_EVERY_MS, undefined, { signal })
        job = await remote.send(ArchiveJobSchema, 'GET', '/retention/archives/job')
      }
      return judge(job)
    },
    close: () => remote.close(),
  }
}

function judge(job: ArchiveJob): ArchiveJob {
  if (job.error !== null) throw new PrintMasterError('archive_failed', job.error)
  return job
}
