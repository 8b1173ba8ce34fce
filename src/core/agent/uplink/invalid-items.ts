import Type from 'typebox'
import { Check } from 'typebox/value'
import { cleanText } from '../../output/clean-text.ts'

const LONGEST = 500
const MISTAKES = 3

const ItemSchema = Type.Object({
  index: Type.Integer({ minimum: 0 }),
  mistakes: Type.Array(Type.Object({ path: Type.String(), problem: Type.String() })),
})

/**
 * The items that the details of `invalid_items` name, each with the server's words.
 * @param count items that were sent
 * @returns null where it names none of these: then nobody knows which
 */
export function readInvalidItems(
  details: Readonly<Record<string, unknown>>,
  count: number,
): readonly { index: number; reason: string }[] | null {
  const { items } = details
  if (!Array.isArray(items)) return null
  const found = new Map<number, string>()
  for (const item of items) {
    if (!Check(ItemSchema, item) || item.index >= count) continue
    const words = item.mistakes.slice(0, MISTAKES).map(({ path, problem }) => `${path} ${problem}`.trim())
    found.set(item.index, cleanText(words.join('; ').slice(0, LONGEST)) || 'the server gives no reason')
  }
  return found.size === 0 ? null : [...found].map(([index, reason]) => ({ index, reason }))
}
