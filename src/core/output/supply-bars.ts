import type { Level, Supply } from '../model/printer.ts'
import { cleanText } from './clean-text.ts'
import { measureText, truncateText } from './fit-text.ts'
import { type Color, cutMark, type Look, paint } from './paint.ts'
import { DEFAULT_THRESHOLDS, judgeLevel, sortByNeed } from './severity.ts'
import { nameSupply, wordLevel } from './wording.ts'

/** long: `K ▇▇▇▇▁ 78`; short: `K▆ 78`. */
export type BarStyle = 'long' | 'short'

const BAR_CELLS = 5
const EIGHTHS = '▁▂▃▄▅▆▇█'

/** One letter and one colour for the inks that have a place of their own in every list. */
const INKS = new Map<string | null, { letter: string; color: Color; rank: number }>([
  ['black', { letter: 'K', color: 'gray', rank: 0 }],
  ['cyan', { letter: 'C', color: 'cyan', rank: 1 }],
  ['magenta', { letter: 'M', color: 'magenta', rank: 2 }],
  ['yellow', { letter: 'Y', color: 'yellow', rank: 3 }],
])

const SHORT_NAMES: Partial<Record<Supply['kind'], string>> = {
  transfer_belt: 'belt',
  waste_toner: 'waste',
  waste_ink: 'waste',
  maintenance: 'maint',
  developer: 'dev',
}

/**
 * The supplies of a printer in at most `width` columns: toner and ink by letter (K C M Y), then the others, the
 * worst first. Where not all fit, those that run out stay, then toner and ink, and `+2` counts the rest. May hold colour codes.
 */
export function drawSupplies(supplies: readonly Supply[], width: number, style: BarStyle, look: Look): string {
  const drawn = orderSupplies(supplies).map((supply) => ({ supply, text: drawSupply(supply, style, look) }))
  const gap = style === 'long' ? '  ' : ' '
  const byNeed = sortByImportance(supplies)
  for (let count = drawn.length; count > 0; count--) {
    const kept = new Set(byNeed.slice(0, count))
    const texts = drawn.filter(({ supply }) => kept.has(supply)).map(({ text }) => text)
    if (count < drawn.length) texts.push(paint(`+${drawn.length - count}`, 'dim', look))
    const line = texts.join(gap)
    if (measureText(line) <= width) return line
  }
  const rest = drawn.length > 0 ? `+${drawn.length}` : ''
  return measureText(rest) <= width ? paint(rest, 'dim', look) : ''
}

/** Columns that all supplies take when none is left out. */
export function measureSupplies(supplies: readonly Supply[], style: BarStyle, look: Look): number {
  return measureText(drawSupplies(supplies, Number.POSITIVE_INFINITY, style, look))
}

/** What to keep where there is little room: what runs out, then toner and ink, then the rest. */
function sortByImportance(supplies: readonly Supply[]): Supply[] {
  const rank = (supply: Supply) => (judgeLevel(supply.level, DEFAULT_THRESHOLDS) > 0 ? 0 : isMarking(supply) ? 1 : 2)
  return sortByNeed(supplies).toSorted((a, b) => rank(a) - rank(b))
}

function isMarking({ kind }: Supply): boolean {
  return kind === 'toner' || kind === 'ink'
}

function orderSupplies(supplies: readonly Supply[]): Supply[] {
  const rank = ({ color }: Supply) => INKS.get(color)?.rank ?? 4
  return [
    ...supplies.filter(isMarking).toSorted((a, b) => rank(a) - rank(b) || a.index - b.index),
    ...sortByNeed(supplies.filter((supply) => !isMarking(supply))),
  ]
}

function drawSupply(supply: Supply, style: BarStyle, look: Look): string {
  const label = labelSupply(supply, look)
  const severity = judgeLevel(supply.level, DEFAULT_THRESHOLDS)
  const alarm: Color | null = severity === 2 ? ['red', 'bold'] : severity === 1 ? 'yellow' : null
  const color = INKS.get(supply.color)?.color ?? 'blue'
  const { state, percent } = supply.level
  if (state !== 'percent' || percent === undefined) {
    const word = state === 'unknown' ? '?' : state === 'unlimited' ? (look.unicode ? '∞' : 'unlimited') : state
    return `${paint(label, color, look)} ${alarm ? paint(word, alarm, look) : word}`
  }
  // Equal widths keep the same colour under the same colour from row to row.
  const number = look.unicode || style === 'long' ? String(percent).padStart(3) : ` ${percent}`
  const figure = alarm ? paint(number, alarm, look) : number
  const bar = drawBar(percent, style, look)
  const paintedBar = paint(bar, color, look)
  return style === 'long'
    ? `${paint(label, color, look)} ${paintedBar}${figure}`
    : `${paint(label, color, look)}${label.length > 1 && bar ? ' ' : ''}${paintedBar}${figure}`
}

function drawBar(percent: number, style: BarStyle, look: Look): string {
  if (style === 'short') return look.unicode ? (EIGHTHS[Math.min(7, Math.floor((percent * 8) / 100))] as string) : ''
  return drawCells(percent, BAR_CELLS, look)
}

/** A level above zero never looks empty, one below 100 never looks full. */
function drawCells(percent: number, cells: number, look: Look): string {
  const least = percent > 0 ? 1 : 0
  const most = percent < 100 ? cells - 1 : cells
  const full = Math.min(most, Math.max(least, Math.round((percent * cells) / 100)))
  return look.unicode ? '▇'.repeat(full) + '▁'.repeat(cells - full) : `[${'#'.repeat(full)}${'.'.repeat(cells - full)}]`
}

/**
 * A level as a bar of `cells` cells and what it says: `▇▇▇▇▇▇▁▁  78%`; the word alone where there is no number. May hold
 * colour codes.
 * @param ink the colour of the supply; null for what has none
 */
export function drawLevel(level: Level, ink: string | null, cells: number, look: Look): string {
  const severity = judgeLevel(level, DEFAULT_THRESHOLDS)
  const word = wordLevel(level)
  const figure =
    severity === 2 ? paint(word, ['red', 'bold'], look) : severity === 1 ? paint(word, 'yellow', look) : word
  if (level.state !== 'percent' || level.percent === undefined) return figure
  const bar = paint(drawCells(level.percent, cells, look), INKS.get(ink)?.color ?? 'blue', look)
  return `${bar} ${' '.repeat(Math.max(0, 4 - word.length))}${figure}`
}

function labelSupply(supply: Supply, look: Look): string {
  if (supply.kind === 'toner' || supply.kind === 'ink') {
    return (
      INKS.get(supply.color)?.letter ?? (supply.color ? shorten(supply.color.replaceAll('_', ' '), look) : supply.kind)
    )
  }
  if (supply.kind === 'other') return shorten(nameSupply(supply), look)
  const part = SHORT_NAMES[supply.kind] ?? supply.kind
  const letter = INKS.get(supply.color)?.letter
  return letter ? `${letter}-${part}` : part
}

function shorten(name: string, look: Look): string {
  return truncateText(cleanText(name), 12, cutMark(look))
}
