import type { Alert as PrinterAlert, Supply, Tray } from '../../core/model/printer.ts'
import { cleanText } from '../../core/output/clean-text.ts'
import { measureText, padText, truncateText } from '../../core/output/fit-text.ts'
import { cutMark, paint } from '../../core/output/paint.ts'
import { judgeAlert, sortByNeed } from '../../core/output/severity.ts'
import { colorStatus } from '../../core/output/status-color.ts'
import { drawLevel } from '../../core/output/supply-bars.ts'
import { nameSupply, nameTray, wordAlert, wordLevel } from '../../core/output/wording.ts'
import type { Alert } from '../../core/protocol/alerts.ts'
import type { Device, DeviceDetail } from '../../core/protocol/devices.ts'
import type { MetricPeriod } from '../../core/protocol/metrics.ts'
import { nameAgent } from '../views/agent-view.ts'
import { viewDevice, wordDeviceStatus } from '../views/device-view.ts'
import { drawFact, drawHeading } from '../views/draw-facts.ts'
import { colorAlert, wordAlertCause, wordAlertState } from '../views/event-view.ts'
import type { Frame } from '../views/frame.ts'
import { readSnapshot, type SnapshotView } from '../views/read-snapshot.ts'
import { drawSparkline, listDailyPages } from '../views/sparkline.ts'
import { wordAgo } from '../views/word-age.ts'
import { composeText, type Screen, type ScreenRequest } from './screen.ts'

const DAYS = 30
const DAY = 86_400_000
const COUNTERS_DRAWN = ['page_count', 'color_pages'] as const

/** One printer: supplies, counters and what they grew by, trays, alerts and their history. */
export function composePrinter(device_id: string, request: ScreenRequest): Screen {
  const { sources, frame } = request
  const device = sources.store.devices.get(device_id)
  if (device === undefined) return composeText(['This printer is not known (any more).'], { hints: [] }, request)
  const from = new Date(frame.now - (DAYS + 1) * DAY).toISOString().slice(0, 10)
  const id = encodeURIComponent(device_id)
  const paths = {
    detail: `/devices/${id}`,
    days: `/devices/${id}/metrics?resolution=day&from=${from}&limit=1000`,
    alerts: `/alerts?device_id=${id}&state=all&limit=20`,
  }
  const detail = sources.lookups.read(paths.detail)
  const agent = device.agent_id === null ? undefined : sources.store.agents.get(device.agent_id)
  const lines = drawDevice(device, agent === undefined ? device.agent_id : nameAgent(agent), frame)
  if (detail.error !== null) lines.push(...drawFact('Reading', cleanText(detail.error), frame))
  if (detail.data === null) {
    if (detail.error === null) lines.push('Asking for its last reading ...')
  } else {
    const { data: days } = sources.lookups.read(paths.days)
    const { data: past } = sources.lookups.read(paths.alerts)
    const view = readSnapshot(((detail.data as DeviceDetail).snapshot ?? {}) as Record<string, unknown>)
    const periods = (days as { metrics?: readonly MetricPeriod[] } | null)?.metrics ?? []
    const events = (past as { alerts?: readonly Alert[] } | null)?.alerts ?? []
    lines.push(
      ...drawSupplyBars(view.supplies, frame),
      ...drawCounters(view, periods, frame),
      ...drawTrays(view.trays, frame),
      ...drawAlerts(view, frame),
      ...drawHistory(events, frame),
    )
  }
  const stamp = device.received_at
  const wants = [
    { path: paths.detail, stamp },
    // days grow slowly, and each question is written into the audit log
    { path: paths.days, stamp: stamp.slice(0, 13) },
    { path: paths.alerts, stamp: `${device.status}/${sources.store.versions.alerts}` },
  ]
  return composeText(lines, { hints: ['up, down: scroll', 'esc: back'], wants }, request)
}

/** @param by name of the agent that reads it */
function drawDevice(device: Device, by: string | null, frame: Frame): string[] {
  const view = viewDevice(device)
  const status = wordDeviceStatus(view)
  const color = colorStatus(view.status)
  const join = (...texts: Array<string | null>) => texts.map((text) => cleanText(text ?? '')).filter(Boolean)
  const what = [...join(device.serial && `serial ${device.serial}`, device.firmware && `firmware ${device.firmware}`)]
  const where = join(device.ip, device.hostname, device.mac_address, device.location)
  const read = `read ${wordAgo(device.last_seen, frame)}${by === null ? '' : ` by ${cleanText(by)}`}`
  return [
    ...drawFact('Printer', [view.name, ...what].join(', '), frame),
    ...drawFact('Status', `${color === null ? status : paint(status, color, frame.look)}, ${read}`, frame),
    ...drawFact('Where', where.join(', '), frame),
  ]
}

/** A heading with a blank line before it. */
function begin(text: string, frame: Frame): string[] {
  return frame.isPlain ? [`${text}:`] : ['', drawHeading(text, frame)]
}

function drawSupplyBars(supplies: readonly Supply[], frame: Frame): string[] {
  const rows = sortByNeed(supplies).map((supply) => [nameSupply(supply), supply.level, supply.color] as const)
  return rows.length === 0 ? [] : [...begin('Supplies', frame), ...drawLevels(rows, frame)]
}

function drawTrays(trays: readonly Tray[], frame: Frame): string[] {
  const rows = trays.map((tray) => {
    const media = cleanText(tray.media ?? '')
    return [media === '' ? nameTray(tray) : `${nameTray(tray)} (${media})`, tray.level, null] as const
  })
  return rows.length === 0 ? [] : [...begin('Trays', frame), ...drawLevels(rows, frame)]
}

function drawLevels(
  rows: ReadonlyArray<readonly [name: string, level: Supply['level'], ink: string | null]>,
  frame: Frame,
): string[] {
  if (frame.isPlain) return rows.map(([name, level]) => `${name} ${wordLevel(level)}`)
  const room = Math.min(Math.floor(frame.width / 3), Math.max(...rows.map(([name]) => measureText(name))))
  const cells = Math.min(40, Math.max(10, frame.width - room - 12))
  return rows.map(([name, level, ink]) => {
    const label = padText(truncateText(name, room, cutMark(frame.look)), room)
    return `${label}  ${drawLevel(level, ink, cells, frame.look)}`
  })
}

function drawCounters({ counters }: SnapshotView, periods: readonly MetricPeriod[], frame: Frame): string[] {
  if (counters.length === 0) return []
  const texts = counters.map(([name, value]) => `${name.replaceAll('_', ' ')} ${value.toLocaleString('en')}`)
  const lines = [...begin('Counters', frame), truncateText(texts.join(', '), frame.width, cutMark(frame.look))]
  for (const name of COUNTERS_DRAWN) {
    const days = listDailyPages(periods, name, DAYS, frame.now)
    const told = days.filter((day) => day !== null)
    if (told.length === 0) continue
    const sum = told.reduce((total, day) => total + day, 0).toLocaleString('en')
    const most = Math.max(...told).toLocaleString('en')
    const words = `${sum} in ${DAYS} days, at most ${most}`
    const label = name.replaceAll('_', ' ')
    lines.push(
      frame.isPlain ? `${label}: ${words}` : `${padText(label, 11)} ${drawSparkline(days, frame.look)}  ${words}`,
    )
  }
  return lines.map((line) => (measureText(line) > frame.width ? truncateText(line, frame.width) : line))
}

function drawAlerts({ alerts, trays }: SnapshotView, frame: Frame): string[] {
  if (alerts.length === 0) return []
  const draw = (alert: PrinterAlert) => {
    const severity = judgeAlert(alert, trays)
    const text = truncateText(wordAlert(alert), frame.width, cutMark(frame.look))
    return severity === 0 ? text : paint(text, severity === 2 ? 'red' : 'yellow', frame.look)
  }
  return [...begin('The printer says', frame), ...alerts.map(draw)]
}

function drawHistory(events: readonly Alert[], frame: Frame): string[] {
  if (events.length === 0) return []
  const lines = events.map((event) => {
    const text = `${wordAgo(event.opened_at, frame)}, ${wordAlertState(event)}: ${wordAlertCause(event)}`
    const color = colorAlert(event)
    const cut = truncateText(text, frame.width, cutMark(frame.look))
    return color === null ? cut : paint(cut, color, frame.look)
  })
  return [...begin('Events', frame), ...lines]
}
