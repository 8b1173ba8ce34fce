import type { Alert, Tray } from './printer.ts'

/** What printers call a tray that is fed by hand, or that takes whatever is put into it. */
const MANUAL_NAMES = new RegExp(
  [
    'manu[ae]l|bypass|multi-?\\s?purpose|\\bmp(?:t|f|tray|feeder)?\\d?\\b',
    'handeinzug|handzuf|mehrzweck|universalzuf|handinvoer|handmatig',
    'usages? multiples|multi-?prop[óo]sito|multiusos?\\b|multi-?uso\\b',
    'ręczn|wielofunkcyjn|ruční|víceúčelov|manuaal|käsinsyöttö|manuál',
    'ручн|обходн|многоцелев',
    '手差|マルチパーパス|多目的|手动|手動|手送|多功能|多用途|수동|다목적',
  ].join('|'),
  'i',
)

/**
 * True for a tray that is fed by hand: empty is how it should be, so it never makes a printer critical. By prtInputType,
 * and by name where the type does not tell: many multi-purpose trays call themselves removable.
 */
export function isManualTray({ type, name }: Pick<Tray, 'type' | 'name'>): boolean {
  return type === 'sheetFeedManual' || MANUAL_NAMES.test(name?.normalize() ?? '')
}

const MEDIA_CODES = ['subunitAlmostEmpty', 'subunitEmpty', 'inputMediaSupplyLow', 'inputMediaSupplyEmpty']

/** True for an alert that only says that a tray fed by hand is empty, or nearly so. */
export function isAboutManualTray(
  alert: Pick<Alert, 'group' | 'group_index' | 'code'>,
  trays: readonly Tray[],
): boolean {
  const tray = alert.group === 'input' ? trays.find(({ index }) => index === alert.group_index) : undefined
  return tray !== undefined && isManualTray(tray) && MEDIA_CODES.includes(alert.code)
}
