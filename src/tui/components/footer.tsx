import { cleanText } from '../../core/output/clean-text.ts'
import { measureText, truncateText } from '../../core/output/fit-text.ts'
import { cutMark, paint } from '../../core/output/paint.ts'
import type { Frame } from '../views/frame.ts'
import { placeOf, type ViewState } from '../views/view-state.ts'
import { Lines } from './lines.tsx'

interface FooterProps {
  readonly state: ViewState
  /** Keys of the screen. */
  readonly hints: readonly string[]
  readonly frame: Frame
}

const ALWAYS = ['1-4: screens', '?: help', 'q: quit']

/** A question, what is typed or what came of a command; below it the keys. */
export function Footer(props: FooterProps) {
  return <Lines lines={composeFooter(props)} />
}

export function composeFooter({ state, hints, frame: { width, look, isPlain } }: FooterProps): string[] {
  const { prompt, notice, filters } = state
  const cut = (text: string) => truncateText(text, width, cutMark(look))
  const { screen } = placeOf(state)
  const typed = screen in filters ? filters[screen as keyof typeof filters] : ''
  const said =
    prompt?.kind === 'confirm'
      ? paint(cut(`${cleanText(prompt.question)} y: yes, any other key: no`), ['bold', 'yellow'], look)
      : prompt?.kind === 'filter'
        ? cut(`Filter: ${typed}_`)
        : notice !== null
          ? paint(cut(cleanText(notice.text)), notice.isGood ? 'green' : 'yellow', look)
          : ''
  const keys = prompt?.kind === 'filter' ? ['enter: keep', 'esc: take back'] : [...hints, ...ALWAYS]
  if (isPlain) return [said, `Keys: ${keys.join(', ')}`].filter(Boolean)
  return [said, paint(joinHints(keys, width), 'dim', look)]
}

/** As many as fit; help and quit are the last to go. */
function joinHints(keys: readonly string[], width: number): string {
  const kept = [...keys]
  while (kept.length > 1 && measureText(kept.join('  ')) > width) kept.splice(Math.max(0, kept.length - 3), 1)
  return kept.join('  ')
}
