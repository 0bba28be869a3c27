import { z } from 'zod';

/** A time of day, `22:00`. */
export const clockTime = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/)
  .meta({ allowed: 'a time of day from "00:00" to "23:59"' });

/** A time zone by its IANA name. */
export const timeZone = z
  .string()
  .refine(isTimeZone)
  .meta({ allowed: 'a time zone such as "Europe/Berlin" or "UTC"' });

/** Where an HTTP request goes. */
export const httpUrl = z
  .string()
  .refine(isHttpUrl)
  .meta({ allowed: 'a URL that begins with https:// or http://' });

/** Whether text is such a URL. */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text);
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name !== '';
  } catch {
    return false;
  }
}
