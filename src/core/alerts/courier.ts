import { randomUUID } from 'node:crypto'
import type { Clock } from '../lifecycle/clock.ts'
import type { Alert } from '../protocol/alerts.ts'
import type { Delivery, DeliveryOutcome } from '../store/store.ts'
import type { ChannelOptions } from './alert-options.ts'
import type { Channel, Notice } from './channels/channel.ts'
import { openChannel } from './channels/open-channel.ts'
import { createDoorbell, type Doorbell } from './doorbell.ts'
import type { DeliveryWord, KeeperLog, KeeperStore } from './keeper-needs.ts'
import { planRetry } from './retry.ts'

const LOOK_EVERY_MS = 5000
const TAKEN = 50
/** However long a channel may take by itself. */
const LONGEST_MS = 60_000

export interface TestOutcome {
  readonly delivered: boolean
  /** What came, or why nothing did. */
  readonly message: string
}

interface CourierDependencies {
  readonly store: Pick<KeeperStore, 'nextDeliveries' | 'recordDelivery'>
  readonly channels: readonly ChannelOptions[]
  readonly log: KeeperLog
  readonly clock: Clock
  readonly onDelivery?: (channel: string, outcome: DeliveryWord) => void
}

interface Lane {
  readonly name: string
  readonly channel: Channel
  readonly bell: Doorbell
}

/** Takes what is due to its channels. Each channel has a lane of its own, so that a slow one holds up nobody else. */
export function createCourier({ store, channels, log, clock, onDelivery }: CourierDependencies) {
  const lanes: readonly Lane[] = channels.map((options) => ({
    name: options.name,
    channel: openChannel(options),
    bell: createDoorbell(clock),
  }))

  const deliver = async ({ name, channel }: Lane, delivery: Delivery, signal: AbortSignal) => {
    let outcome: DeliveryOutcome
    try {
      await channel.send(
        composeNotice(delivery, clock.now()),
        AbortSignal.any([signal, AbortSignal.timeout(LONGEST_MS)]),
      )
      outcome = { outcome: 'delivered' }
    } catch (error) {
      // nobody's fault: the next server sends it
      if (signal.aborted) return
      outcome = judgeFailure(delivery, (error as Error).message, clock.now())
    }
    await store.recordDelivery(delivery.delivery_id, outcome, clock.now())
    onDelivery?.(name, outcome.outcome)
    report(log, delivery, outcome)
  }

  const runLane = async (lane: Lane, signal: AbortSignal) => {
    let isFailing = false
    while (!signal.aborted) {
      let taken: readonly Delivery[] = []
      try {
        taken = await store.nextDeliveries(TAKEN, clock.now(), lane.name)
        for (const delivery of taken) {
          if (signal.aborted) return
          await deliver(lane, delivery, signal)
        }
        isFailing = false
      } catch (error) {
        if (signal.aborted) return
        if (!isFailing) {
          const reason = (error as Error).message
          log.error({ channel: lane.name, reason }, 'deliveries cannot be read or recorded; trying again')
        }
        isFailing = true
        taken = []
      }
      if (taken.length === 0) await lane.bell.pause(LOOK_EVERY_MS, signal)
    }
  }

  /** What waits for a channel that config does not have any more never gets there. */
  const giveUpForeign = async () => {
    const known = new Set(channels.map(({ name }) => name))
    const foreign = (await store.nextDeliveries(1000, clock.now())).filter(({ channel }) => !known.has(channel))
    for (const delivery of foreign) {
      const outcome = { outcome: 'given_up', error: 'config has no such channel' } as const
      await store.recordDelivery(delivery.delivery_id, outcome, clock.now())
    }
    return foreign.length
  }

  return {
    poke(): void {
      for (const { bell } of lanes) bell.ring()
    },

    async run(signal: AbortSignal): Promise<void> {
      try {
        while (!signal.aborted && (await giveUpForeign()) > 0);
      } catch (error) {
        if (!signal.aborted) log.error({ reason: (error as Error).message }, 'deliveries of former channels stay')
      }
      await Promise.all(lanes.map((lane) => runLane(lane, signal)))
    },

    async test(name: string): Promise<TestOutcome | null> {
      const lane = lanes.find((each) => each.name === name)
      if (lane === undefined) return null
      try {
        const signal = AbortSignal.timeout(LONGEST_MS)
        const message = await lane.channel.send(composeTest(clock.now()), signal)
        return { delivered: true, message }
      } catch (error) {
        return { delivered: false, message: (error as Error).message }
      }
    },
  }
}

function composeNotice({ event, alert }: Delivery, now: number): Notice {
  return { delivery_id: `${alert.alert_id}:${event}`, event, sent_at: new Date(now).toISOString(), alert }
}

function composeTest(now: number): Notice {
  const alert_id = randomUUID()
  const time = new Date(now).toISOString()
  const alert: Alert = {
    alert_id,
    site_id: 'default',
    kind: 'device_error',
    severity: 'warning',
    agent_id: null,
    device_id: null,
    subject: null,
    message: 'this is how alerts of PrintMaster arrive here; nothing is wrong',
    opened_at: time,
    closed_at: time,
    acknowledged_at: null,
    acknowledged_by: null,
    details: {},
  }
  return { delivery_id: `${alert_id}:test`, event: 'test', sent_at: time, alert }
}

function judgeFailure(delivery: Delivery, error: string, now: number): DeliveryOutcome {
  const next_try_at = planRetry(delivery, now)
  return next_try_at === null ? { outcome: 'given_up', error } : { outcome: 'failed', error, next_try_at }
}

function report(log: KeeperLog, { channel, event, alert, tries }: Delivery, outcome: DeliveryOutcome): void {
  const fields = { channel, event, alert_id: alert.alert_id }
  if (outcome.outcome === 'given_up') {
    log.error({ ...fields, reason: outcome.error }, 'an alert could not be delivered for a day; given up')
  } else if (outcome.outcome === 'failed' && tries === 0) {
    log.warn({ ...fields, reason: outcome.error }, 'an alert could not be delivered; it is tried again')
  }
}
