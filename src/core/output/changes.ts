import type { Alert, Level, Printer, Supply } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import { truncateText } from './fit-text.ts'
import { compareByAddress } from './sort.ts'
import { nameAlert, namePrinter, nameSupply, wordLevel } from './wording.ts'

/**
 * What is different between two scans, one line for each printer that changed, by address:
 * `10.0.0.7 HP LaserJet M607: status idle -> error; pages +12; black toner 78% -> 77%; alert: Paper jam`.
 * A printer is the same when its device_id and index are, else its MAC address (a serial number may appear only later), else
 * its address and port; so a new address is a move.
 * A page counter that falls was reset or the printer was swapped. A part that could not be read this time is no change.
 */
export function describeChanges(before: readonly Printer[], after: readonly Printer[]): string[] {
  const old = new Map<Printer, Printer>()
  const left = new Set(before)
  const scans = [before, after]
  const keys = [
    identityKey(scans, ({ device_id }) => device_id),
    identityKey(scans, ({ mac_address }) => mac_address),
    addressKey,
  ]
  for (const key of keys) {
    const known = new Map(
      [...left].flatMap((printer) => (key(printer) === null ? [] : [[key(printer), printer] as const])),
    )
    for (const printer of after) {
      const match = old.has(printer) ? undefined : known.get(key(printer))
      if (!match || !left.has(match) || key(printer) === null) continue
      if (haveTwoSerials(match, printer)) continue
      // The same address with another identity is another printer.
      if (key === addressKey && match.device_id !== null && printer.device_id !== null && hasMoved(match, printer))
        continue
      old.set(printer, match)
      left.delete(match)
    }
  }
  const lines = after.map((printer) => {
    const match = old.get(printer)
    const changes = match ? comparePrinters(match, printer) : [`new, ${printer.status}`]
    return { printer, changes }
  })
  for (const printer of left) lines.push({ printer, changes: ['gone'] })
  return lines
    .filter(({ changes }) => changes.length > 0)
    .sort((a, b) => compareByAddress(a.printer, b.printer) || Number(left.has(b.printer)) - Number(left.has(a.printer)))
    .map(({ printer, changes }) => `${labelPrinter(printer)}: ${changes.join('; ')}`)
}

/** An identity with the printer index, unless two printers of one scan claim the same. */
function identityKey(
  scans: ReadonlyArray<readonly Printer[]>,
  identityOf: (printer: Printer) => string | null,
): (printer: Printer) => string | null {
  const key = (printer: Printer) => {
    const identity = identityOf(printer)
    return identity === null ? null : `${identity}#${printer.printer_index}`
  }
  const claimed = new Set<string | null>()
  for (const scan of scans) {
    for (const [id, printers] of Map.groupBy(scan, key)) if (printers.length > 1) claimed.add(id)
  }
  return (printer) => (claimed.has(key(printer)) ? null : key(printer))
}

function addressKey(printer: Printer): string {
  return `${printer.ip} ${printer.port} ${printer.printer_index}`
}

/** One network card that shows two serial numbers is in two printers, one after the other. */
function haveTwoSerials(before: Printer, after: Printer): boolean {
  return before.serial !== null && after.serial !== null && before.serial !== after.serial
}

function hasMoved(before: Printer, after: Printer): boolean {
  return before.device_id !== after.device_id
}

function labelPrinter(printer: Printer): string {
  return [cleanText(printer.ip), truncateText(namePrinter(printer) ?? '', 40)].filter(Boolean).join(' ')
}

function comparePrinters(before: Printer, after: Printer): string[] {
  const changes: string[] = []
  if (before.ip !== after.ip) changes.push(`moved from ${cleanText(before.ip)}`)
  if (before.status !== after.status) changes.push(`status ${before.status} -> ${after.status}`)
  if (before.page_count !== null && after.page_count !== null && before.page_count !== after.page_count) {
    const printed = after.page_count - before.page_count
    changes.push(
      printed > 0 ? `pages +${printed}` : `page counter ${before.page_count} -> ${after.page_count} (reset or swapped)`,
    )
  }
  if (isWhole(before, after, 'supplies')) changes.push(...compareSupplies(before.supplies, after.supplies))
  if (isWhole(before, after, 'alerts')) {
    const was = new Set(before.alerts.map(alertKey))
    const is = new Set(after.alerts.map(alertKey))
    changes.push(
      ...after.alerts.filter((alert) => !was.has(alertKey(alert))).map((alert) => `alert: ${nameAlert(alert)}`),
    )
    changes.push(
      ...before.alerts.filter((alert) => !is.has(alertKey(alert))).map((alert) => `cleared: ${nameAlert(alert)}`),
    )
  }
  return changes
}

function isWhole(before: Printer, after: Printer, part: string): boolean {
  return ![...before.missing, ...after.missing].some((missing) => missing.part === part || missing.part === 'rest')
}

function compareSupplies(before: readonly Supply[], after: readonly Supply[]): string[] {
  const known = new Map(before.map((supply) => [supply.index, supply]))
  const present = new Set(after.map(({ index }) => index))
  const changes = after.flatMap((supply) => {
    const was = known.get(supply.index)
    if (!was) return [`${nameSupply(supply)} added`]
    if (isSameLevel(was.level, supply.level)) return []
    return [`${nameSupply(supply)} ${wordLevel(was.level)} -> ${wordLevel(supply.level)}`]
  })
  return [
    ...changes,
    ...before.filter(({ index }) => !present.has(index)).map((supply) => `${nameSupply(supply)} removed`),
  ]
}

function isSameLevel(a: Level, b: Level): boolean {
  return a.state === b.state && a.percent === b.percent
}

/** Not prtAlertIndex: agents number the same alert anew. */
function alertKey(alert: Alert): string {
  return [alert.severity, alert.group, alert.group_index, alert.code, cleanText(alert.description ?? '')].join('\n')
}
