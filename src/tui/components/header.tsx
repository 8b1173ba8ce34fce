import { cleanText } from '../../core/output/clean-text.ts'
import { measureText, truncateText } from '../../core/output/fit-text.ts'
import { cutMark, paint } from '../../core/output/paint.ts'
import type { FeedState } from '../feed/feed.ts'
import type { Frame } from '../views/frame.ts'
import { type Place, TABS, type ViewState } from '../views/view-state.ts'
import { wordConnection } from '../views/word-connection.ts'
import { wrapLines } from '../views/wrap-lines.ts'
import { Lines } from './lines.tsx'

/** A server may say what it likes. */
const MOST_LINES = 4

interface HeaderProps {
  readonly server: string
  readonly feed: FeedState
  readonly state: ViewState
  readonly frame: Frame
}

/** Who is asked and whether it answers, the screens, and a sentence where what is shown may be old. */
export function Header(props: HeaderProps) {
  return <Lines lines={composeHeader(props)} />
}

export function composeHeader({ server, feed, state, frame }: HeaderProps): string[] {
  const { width, look, isPlain, now } = frame
  const { short, sentence, color } = wordConnection(feed, server, isPlain ? null : now)
  // why it is not as it should be is told whole
  const reason = sentence === null ? [] : wrapLines(cleanText(sentence), frame, MOST_LINES)
  const tab = (state.places[0] as Place).screen
  if (isPlain) {
    const where = `PrintMaster, ${server}, ${short}. Screen: ${state.places.map(({ screen }) => screen).join(', ')}.`
    return [...wrapLines(where, frame), ...reason]
  }
  const name = truncateText(`PrintMaster  ${server}`, Math.max(0, width - short.length - 2), cutMark(look))
  const gap = ' '.repeat(Math.max(1, width - measureText(name) - measureText(short)))
  const tabs = TABS.map((screen, i) => {
    const text = `${i + 1} ${screen[0]?.toUpperCase()}${screen.slice(1)}`
    // brackets say it where there is no colour
    return screen === tab ? paint(`[${text}]`, ['bold', 'cyan'], look) : ` ${text} `
  })
  const deeper = state.places.slice(1).map(({ screen }) => ` > ${screen}`)
  const lines = [paint(name, 'bold', look) + gap + paint(short, color, look), tabs.join(' ') + deeper.join('')]
  lines.push(...reason.map((line) => paint(line, color, look)))
  return lines.map((line) => (measureText(line) > width ? '' : line))
}
