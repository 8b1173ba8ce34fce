import { truncateText } from '../../core/output/fit-text.ts'
import { cutMark, paint } from '../../core/output/paint.ts'
import type { Frame } from '../views/frame.ts'

/** `25 of 10,000 printers by supply, with "hp"` */
export function describeList(
  what: string,
  shown: number,
  total: number,
  order: string,
  filter: string,
  { width, look }: Frame,
): string {
  const count =
    filter === '' ? total.toLocaleString('en') : `${shown.toLocaleString('en')} of ${total.toLocaleString('en')}`
  const text = `${count} ${what}${total === 1 ? '' : 's'} by ${order}${filter === '' ? '' : `, with "${filter}"`}`
  return paint(truncateText(text, width, cutMark(look)), 'dim', look)
}
