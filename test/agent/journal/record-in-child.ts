import { createHash } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openJournal } from '../../../src/core/agent/journal/open-journal.ts'

/**
 * `node record-in-child.ts JOURNAL FIRST`: records readings numbered from FIRST, numbers batches and acknowledges them until it
 * is killed. What has returned is told, one line each; what is about to happen too, where it counts.
 */
const [file, first] = process.argv.slice(2)
const journal = openJournal(file as string, { size_mb: 100, days: 30, now: Date.now() })
const tell = (line: string) => writeSync(1, `${line}\n`)

for (let n = Number(first); ; n += 3) {
  const readings = [n, n + 1, n + 2].map((each) => ({ serial: `S${each % 7}`, n: each, text: 'x'.repeat(each % 900) }))
  journal.record({ readings, events: [{ action: 'scan_initiated', details: { n } }] }, Date.now())
  tell(`recorded ${n} ${n + 2}`)
  if (n % 4 === 0) continue
  tell('numbering')
  const batch = journal.nextBatch(['metrics'], { items: 1 + (n % 8), bytes: 100_000 }, Date.now())
  if (batch === null) continue
  tell(`numbered ${createHash('sha256').update(batch.body).digest('hex')}`)
  if (n % 5 === 0) continue
  tell(`acknowledging ${batch.seq}`)
  journal.acknowledge(batch, Date.now())
  tell(`acknowledged ${batch.seq}`)
}
