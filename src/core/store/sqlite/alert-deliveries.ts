import type { AlertDelivery } from '../../protocol/alerts.ts'
import type { Delivery, DeliveryOutcome } from '../store.ts'
import { utcText, utcTextOrNull } from '../utc-text.ts'
import type { Database } from './open-database.ts'

type Event = Delivery['event']

interface DeliveryRow {
  readonly id: number
  readonly alert: number
  readonly channel: string
  readonly event: Event
  readonly tries: number
}

// who has not heard that an alert was opened does not hear that it is closed
const dueWhere = (more: string) => `SELECT id, alert, channel, event, tries FROM alert_deliveries AS d
  WHERE next_try_at <= @now${more} AND NOT EXISTS (
    SELECT 1 FROM alert_deliveries AS e
    WHERE e.alert = d.alert AND e.channel = d.channel AND e.id < d.id AND e.next_try_at IS NOT NULL)
  ORDER BY next_try_at, id LIMIT @limit`

interface RecordRow {
  readonly channel: string
  readonly event: Event
  readonly created_at: number
  readonly tries: number
  readonly next_try_at: number | null
  readonly delivered_at: number | null
  readonly given_up_at: number | null
  readonly last_error: string | null
}

/** Each word of an alert to each channel. What still waits has a `next_try_at`. */
export function prepareAlertDeliveries(db: Database) {
  const insert = db.prepare(
    `INSERT INTO alert_deliveries (site_id, alert, channel, event, created_at, next_try_at)
     SELECT site_id, id, @channel, @event, @now, @now FROM alerts WHERE id = @alert ON CONFLICT DO NOTHING`,
  )
  const listTold = db
    .prepare<[number], string>("SELECT channel FROM alert_deliveries WHERE alert = ? AND event = 'opened'")
    .pluck()
  const due = db.prepare<[object], DeliveryRow>(dueWhere(''))
  const dueOfChannel = db.prepare<[object], DeliveryRow>(dueWhere(' AND channel = @channel'))
  const succeed = db.prepare(
    `UPDATE alert_deliveries SET tries = tries + 1, delivered_at = ?, next_try_at = NULL, last_error = NULL
     WHERE id = ? AND next_try_at IS NOT NULL`,
  )
  const fail = db.prepare(
    `UPDATE alert_deliveries SET tries = tries + 1, next_try_at = ?, last_error = ?
     WHERE id = ? AND next_try_at IS NOT NULL`,
  )
  const giveUp = db.prepare(
    `UPDATE alert_deliveries SET tries = tries + 1, given_up_at = ?, next_try_at = NULL, last_error = ?
     WHERE id = ? AND next_try_at IS NOT NULL`,
  )

  const ofAlert = db.prepare<[number], RecordRow>(
    `SELECT channel, event, created_at, tries, next_try_at, delivered_at, given_up_at, last_error
     FROM alert_deliveries WHERE alert = ? ORDER BY id`,
  )

  const add = (alert: number, event: Event, channels: readonly string[], now: number): void => {
    for (const channel of channels) insert.run({ alert, event, channel, now })
  }

  return {
    add,

    /** To those of the channels that were told, or will be, that the alert was opened. */
    addToTold(alert: number, event: Event, channels: readonly string[], now: number): void {
      const told = new Set(listTold.all(alert))
      add(
        alert,
        event,
        channels.filter((channel) => told.has(channel)),
        now,
      )
    },

    /** Oldest first; of one alert to one channel only the first that waits. */
    listDue: (limit: number, now: number, channel?: string): DeliveryRow[] =>
      channel === undefined ? due.all({ limit, now }) : dueOfChannel.all({ limit, now, channel }),

    listOf: (alert: number): AlertDelivery[] => ofAlert.all(alert).map(renderRecord),

    record(delivery_id: number, outcome: DeliveryOutcome, now: number): void {
      switch (outcome.outcome) {
        case 'delivered':
          succeed.run(now, delivery_id)
          break
        case 'failed':
          fail.run(outcome.next_try_at, outcome.error, delivery_id)
          break
        case 'given_up':
          giveUp.run(now, outcome.error, delivery_id)
          break
      }
    },
  }
}

function renderRecord({ channel, event, tries, last_error, ...times }: RecordRow): AlertDelivery {
  const { created_at, next_try_at, delivered_at, given_up_at } = times
  const state = delivered_at !== null ? 'delivered' : given_up_at !== null ? 'given_up' : 'waiting'
  return {
    channel,
    event,
    state,
    tries,
    created_at: utcText(created_at),
    next_try_at: utcTextOrNull(next_try_at),
    delivered_at: utcTextOrNull(delivered_at),
    given_up_at: utcTextOrNull(given_up_at),
    last_error,
  }
}
