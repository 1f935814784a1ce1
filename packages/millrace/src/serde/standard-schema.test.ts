import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { issuesText, validate } from './standard-schema.ts'

describe('issuesText', () => {
  it('writes paths as they are written in code', () => {
    expect(
      issuesText([
        { message: 'too\n  long', path: ['films', 2, { key: 'title' }] },
        { message: 'expected object' },
        { message: 'expected array', path: [0] },
      ]),
    ).toBe('films[2].title: too long; expected object; [0]: expected array')
  })

  it('shows five issues and counts the rest', () => {
    const issues = Array.from({ length: 7 }, (_, index) => ({ message: `m${index}` }))
    expect(issuesText(issues)).toBe('m0; m1; m2; m3; m4; and 2 more')
  })
})

describe('validate', () => {
  it('answers at once for a synchronous schema', () => {
    expect(validate(z.number(), 3)).toEqual({ value: 3 })
  })

  it('answers with a promise for an asynchronous one', async () => {
    await expect(
      validate(
        z.number().refine(async () => true),
        3,
      ),
    ).resolves.toEqual({ value: 3 })
  })
})
