/** Days from 1970-01-01 to a date of the proleptic Gregorian calendar; `year` from 0, `month` from 1. */
export function daysFromDate(year: number, month: number, day: number): number {
  // Years that begin in March put the leap day last, so that a month's start needs no table. 400 years (146,097 days)
  // are added, so that integer arithmetic, several times faster than Math.floor, rounds down.
  const shifted = month > 2 ? year + 400 : year + 399
  const monthFromMarch = month > 2 ? month - 3 : month + 9
  const centuries = (shifted / 100) | 0
  const leapDays = (shifted >> 2) - centuries + (centuries >> 2)
  return shifted * 365 + leapDays + (((153 * monthFromMarch + 2) / 5) | 0) + day - 865_566
}

/** How many days a month has; `month` from 1. */
export function daysInMonth(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
