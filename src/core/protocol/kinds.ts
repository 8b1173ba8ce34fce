import Type from 'typebox'

/**
 * The building blocks of wire schemas. Objects are open: a key or an enum value that a newer agent sends is kept, so
 * schemas bound sizes and types and leave words alone.
 */

/** A JSON Schema with several types in one keyword gives one clear message where a union gives one for each branch. */
export const nullable = <T>(schema: { type: string }, description: string) =>
  Type.Unsafe<T | null>({ ...schema, type: [schema.type, 'null'], description })

export const text = (maxLength: number, description: string) => Type.String({ minLength: 1, maxLength, description })

export const nullableText = (maxLength: number, description: string) =>
  nullable<string>({ type: 'string', maxLength } as never, description)

export const nullableCount = (description: string) =>
  nullable<number>({ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as never, description)

export const nullableNumber = (description: string) => nullable<number>({ type: 'number' } as never, description)

/** RFC 3339 as agents write it: any offset, any number of decimals. What cannot be read is marked, never refused. */
export const timestamp = (description: string) => nullableText(64, `RFC 3339. ${description}`)

export const uuid = (description: string) =>
  Type.String({
    pattern: '^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$',
    description,
  })

/** What an answer says of a time: RFC 3339 in UTC, milliseconds. */
export const utcTime = (description: string) => Type.String({ description: `RFC 3339, UTC. ${description}` })
export const nullableUtcTime = (description: string) =>
  nullable<string>({ type: 'string' }, `RFC 3339, UTC. ${description}`)

export const open = { additionalProperties: true } as const
export const closed = { additionalProperties: false } as const

/** An opaque place in a list, as the answer before gave it in `next_cursor`. */
export const cursorQuery = Type.Optional(
  Type.String({ minLength: 1, maxLength: 1024, description: 'next_cursor of the answer before' }),
)
export const limitQuery = (maximum: number, initial: number) =>
  Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum,
      default: initial,
      description: 'items in one answer at most; a page of large ones ends before',
    }),
  )
export const nextCursor = nullable<string>(
  { type: 'string' },
  'where the next page begins, however many items this one has; null at the end',
)
