import { cleanText } from '../../core/output/clean-text.ts'
import { measureText } from '../../core/output/fit-text.ts'
import { paint } from '../../core/output/paint.ts'
import type { Frame } from '../views/frame.ts'
import { placeOf, type ViewState } from '../views/view-state.ts'
import { wrapLines } from '../views/wrap-lines.ts'
import { Lines } from './lines.tsx'

interface FooterProps {
  readonly state: ViewState
  /** Keys of the screen. */
  readonly hints: readonly string[]
  readonly frame: Frame
}

const ALWAYS = ['1-4: screens', '?: help', 'q: quit']
const ANSWERS = 'y: yes, any other key: no'
/** A screen is for more than what came of a command. */
const MOST_LINES = { question: 2, notice: 3 }

/** A question, what is typed or what came of a command; below it the keys. */
export function Footer(props: FooterProps) {
  return <Lines lines={composeFooter(props)} />
}

export function composeFooter({ state, hints, frame }: FooterProps): string[] {
  const { width, look, isPlain } = frame
  const said = composeSaid(state, frame)
  // while a question is open no other key does what it does otherwise
  if (state.prompt?.kind === 'confirm') return isPlain || said.length > 1 ? said : [...said, '']
  const keys = state.prompt?.kind === 'filter' ? ['enter: keep', 'esc: take back'] : [...hints, ...ALWAYS]
  if (isPlain) return [...said, ...wrapLines(`Keys: ${keys.join(', ')}`, frame)]
  return [...(said.length === 0 ? [''] : said), paint(joinHints(keys, width), 'dim', look)]
}

function composeSaid({ prompt, notice, filters, places }: ViewState, frame: Frame): string[] {
  const { look } = frame
  if (prompt?.kind === 'confirm') {
    return askQuestion(prompt.question, frame).map((line) => paint(line, ['bold', 'yellow'], look))
  }
  if (prompt?.kind === 'filter') {
    const { screen } = placeOf({ places })
    return wrapLines(`Filter: ${screen in filters ? filters[screen as keyof typeof filters] : ''}_`, frame, 1)
  }
  if (notice === null) return []
  const lines = wrapLines(cleanText(notice.text), frame, MOST_LINES.notice)
  return lines.map((line) => paint(line, notice.isGood ? 'green' : 'yellow', look))
}

/** The question is cut where it has to be; which keys answer it is always in sight. */
function askQuestion(question: string, frame: Frame): string[] {
  const lines = wrapLines(cleanText(question), frame, MOST_LINES.question)
  const last = `${lines.at(-1)} ${ANSWERS}`
  return measureText(last) <= frame.width ? [...lines.slice(0, -1), last] : [...lines, ANSWERS]
}

/** As many as fit; help and quit are the last to go. */
function joinHints(keys: readonly string[], width: number): string {
  const kept = [...keys]
  while (kept.length > 1 && measureText(kept.join('  ')) > width) kept.splice(Math.max(0, kept.length - 3), 1)
  return kept.join('  ')
}
