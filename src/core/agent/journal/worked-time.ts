import type { Database } from '../../store/sqlite/open-database.ts'

export type WorkedTime = ReturnType<typeof prepareWorkedTime>

/** The clock may jump: no step counts for more. */
const MOST_STEP_MS = 3_600_000
const MILESTONE_MS = 900_000

/**
 * How long agents have worked on this journal. Ages are counted in it: a clock that is set forward makes nothing old, and
 * nor does the time in which the machine was off and nothing could be sent.
 */
export function prepareWorkedTime(db: Database, openedAt: number) {
  const latest = db.prepare<[], number | null>('SELECT max(worked) FROM milestones').pluck()
  const insert = db.prepare(
    `INSERT INTO milestones (worked, last_entry, last_event)
     SELECT ?, coalesce((SELECT max(id) FROM entries), 0), coalesce((SELECT max(number) FROM events), 0)`,
  )
  const find = db.prepare<[number], { last_entry: number; last_event: number }>(
    'SELECT last_entry, last_event FROM milestones WHERE worked <= ? ORDER BY worked DESC LIMIT 1',
  )
  // one of that age stays, to be found
  const forget = db.prepare(
    'DELETE FROM milestones WHERE worked < (SELECT max(worked) FROM milestones WHERE worked <= ?)',
  )
  let saved = latest.get() ?? null
  let worked = saved ?? 0
  let last = openedAt

  return {
    /** Milliseconds. */
    advance(now: number): number {
      worked += Math.min(Math.max(0, Math.trunc(now - last)), MOST_STEP_MS)
      last = now
      return worked
    },

    isMilestoneDue: () => saved === null || worked - saved >= MILESTONE_MS,

    /** Notes how far the journal has come; a restart goes on from here. `oldestAge` is the highest that is asked for. */
    setMilestone(oldestAge: number): void {
      insert.run(worked)
      forget.run(worked - oldestAge)
      saved = worked
    },

    /** The last entry and event that were recorded that much work ago or earlier. */
    findOld: (age: number) => find.get(worked - age) ?? { last_entry: 0, last_event: 0 },
  }
}
