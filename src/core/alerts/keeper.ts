import type { Clock } from '../lifecycle/clock.ts'
import type { Alert, AlertKind } from '../protocol/alerts.ts'
import type { Device } from '../protocol/devices.ts'
import type { AlertChange, AlertsFilter, LiveRows } from '../store/store.ts'
import type { AlertOptions, ChannelOptions } from './alert-options.ts'
import { createCourier, type TestOutcome } from './courier.ts'
import { createDoorbell } from './doorbell.ts'
import { createFleetJudge } from './judge-fleet.ts'
import type { DeliveryWord, KeeperLog, KeeperStore } from './keeper-needs.ts'

const LOOK_EVERY_MS = 1000
/** However often it is poked: under load one look serves many changes. */
const LEAST_PAUSE_MS = 250
/** Rows in one question to the store: others wait for its thread as well. */
const PAGE = 500

export interface KeeperDependencies {
  readonly client: { readonly store: KeeperStore }
  readonly options: AlertOptions & { readonly offline_after_seconds: number }
  readonly log: KeeperLog
  readonly clock: Clock
  /** Told of every try to deliver. */
  readonly onDelivery?: (channel: string, outcome: DeliveryWord) => void
  /** Alerts were opened, changed or closed. */
  readonly onWritten?: () => void
}

export interface AlertKeeper {
  /** Looks and delivers until the signal aborts; what is being delivered then is cut off and sent again by the next one. */
  run(signal: AbortSignal): Promise<void>
  /** There is something to look at, now. */
  poke(): void
  /** For deliveries that somebody else made due, as an acknowledgement does. */
  pokeDeliveries(): void
  /** One notice through one channel, at once and once; null for a channel that config does not have. */
  test(channel: string): Promise<TestOutcome | null>
  /** Names of the channels. */
  readonly channels: readonly string[]
  countOpen(): Record<AlertKind, number>
}

/**
 * Keeps the alerts of a server: reads what changed, decides, writes what was decided and hands it to the channels. What is
 * open comes from the store, so that it goes on after a restart; a delay that ran then begins anew, but for agents, of
 * which the store knows since when they are gone.
 */
export function createAlertKeeper({
  client,
  options,
  log,
  clock,
  onDelivery,
  onWritten = () => undefined,
}: KeeperDependencies): AlertKeeper {
  const { store } = client
  const { channels } = options
  const offlineAfterMs = options.offline_after_seconds * 1000
  const names = channels.map(({ name }) => name)
  const bell = createDoorbell(clock)
  const courier = createCourier({ store, channels, log, clock, ...(onDelivery && { onDelivery }) })
  let judge = createFleetJudge(options)
  let seq: number | null = null
  /** Decided and not yet written. */
  let unwritten: AlertChange[] = []

  const write = async () => {
    if (unwritten.length === 0) return
    const taken = unwritten.map((change) => ({ ...change, channels: chooseChannels(change, channels, names) }))
    await store.recordAlerts(taken, names, clock.now())
    onWritten()
    unwritten = unwritten.slice(taken.length)
    courier.poke()
  }
  const decide = async (changes: readonly AlertChange[]) => {
    unwritten.push(...changes)
    await write()
  }

  const judgeRows = async ({ agents, devices }: Pick<LiveRows, 'agents' | 'devices'>) => {
    const now = clock.now()
    const changes = agents.flatMap((agent) => judge.noteAgent(agent, now))
    const reports = await readReports(store, devices)
    for (const device of devices) changes.push(...judge.noteDevice(device, reports.get(device.device_id) ?? null, now))
    await decide(changes)
  }

  /** Everything once: at the start, and when more changed than the store remembers. */
  const lookAtAll = async (signal: AbortSignal) => {
    const next = createFleetJudge(options)
    const now = clock.now()
    // an alert may be as old as it likes
    const closed_since = now - options.quiet_minutes * 60_000
    await write()
    const open = await listAll(store, { state: 'open' })
    const closed = await listAll(store, { state: 'closed', closed_since })
    const changes = next.load(open, closed, now)
    judge = next
    await decide(changes)
    const agent_ids = new Set<string>()
    const device_ids = new Set<string>()
    let cursor: string | null = null
    let first: number | null = null
    do {
      const page = await store.readSnapshot({ limit: PAGE, offlineAfterMs, ...(cursor !== null && { cursor }) }, now)
      first ??= page.seq
      for (const { agent_id } of page.agents) agent_ids.add(agent_id)
      for (const { device_id } of page.devices) device_ids.add(device_id)
      await judgeRows(page)
      cursor = page.next_cursor
    } while (cursor !== null && !signal.aborted)
    if (signal.aborted) return
    await decide(judge.keepOnly(agent_ids, device_ids, clock.now()))
    seq = first
  }

  const look = async (signal: AbortSignal) => {
    if (seq === null) await lookAtAll(signal)
    while (seq !== null && !signal.aborted) {
      const after: number = seq
      const page = await store.readChanges({ after, limit: PAGE, offlineAfterMs }, clock.now())
      if (page.isLost) {
        await lookAtAll(signal)
        continue
      }
      judge.forgetDevices(page.gone_devices)
      await judgeRows(page)
      seq = page.seq
      if (page.seq === after) break
    }
    await decide(judge.tick(clock.now()))
  }

  const watch = async (signal: AbortSignal) => {
    let isFailing = false
    while (!signal.aborted) {
      try {
        await look(signal)
        if (isFailing) log.info({}, 'alerts are judged again')
        isFailing = false
      } catch (error) {
        if (signal.aborted) return
        if (!isFailing) log.error({ reason: (error as Error).message }, 'alerts cannot be judged; trying again')
        isFailing = true
      }
      await clock.sleep(LEAST_PAUSE_MS, signal)
      await bell.pause(LOOK_EVERY_MS - LEAST_PAUSE_MS, signal)
    }
  }

  return {
    channels: names,
    poke: () => bell.ring(),
    pokeDeliveries: () => courier.poke(),
    test: (channel) => courier.test(channel),
    countOpen: () => judge.countOpen(),
    async run(signal) {
      await Promise.all([watch(signal), courier.run(signal)])
    },
  }
}

/** Of an opening those that want it; of an end all, as the store tells it to those only who heard of the opening. */
function chooseChannels(
  { change, kind, severity }: AlertChange,
  channels: readonly ChannelOptions[],
  all: readonly string[],
): readonly string[] {
  if (change === 'close') return all
  return channels
    .filter((channel) => channel.kinds.includes(kind) && (channel.severity === 'warning' || severity === 'critical'))
    .map(({ name }) => name)
}

async function readReports(store: KeeperStore, devices: readonly Device[]) {
  if (devices.length === 0) return new Map()
  const reports = await store.readDeviceReports(devices.map(({ device_id }) => device_id))
  return new Map(reports.map((report) => [report.device_id, report]))
}

async function listAll(store: KeeperStore, filter: Omit<AlertsFilter, 'limit' | 'cursor'>): Promise<Alert[]> {
  const alerts: Alert[] = []
  let cursor: string | null = null
  do {
    const page: Awaited<ReturnType<KeeperStore['listAlerts']>> = await store.listAlerts({
      ...filter,
      limit: PAGE,
      ...(cursor !== null && { cursor }),
    })
    alerts.push(...page.items)
    cursor = page.next_cursor
  } while (cursor !== null)
  return alerts
}
