// Reads and proves a receipt in the browser, with no network: the same rules as aimas/appeals/receipts.py.
const MARK = "AIMAS1";
const FORMAT = "aimas-receipt-1";
const DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECKS = DIGITS + "*~$=U";
const LONGEST = 8000;
const MEANT = Object.fromEntries([..."OILАВЕНКМОРСТХУІ"].map((letter, at) => [letter, [..."011ABEHKM0PCTXY1"][at]]));
const STANDINGS = ["appeal", "signal", "anonymous"];

const meant = (symbols) => [...symbols].map((letter) => MEANT[letter] ?? letter).join("");
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function base32(bytes) {
  let out = "", bits = 0, held = 0;
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      out += DIGITS[(held >> bits) & 31];
    }
    held &= 255;
  }
  return bits ? out + DIGITS[(held << (5 - bits)) & 31] : out;
}

/** Null for what is no base32, or has bits that mean nothing: one content has one text. */
export function unbase32(symbols) {
  const plain = meant(symbols);
  const out = [];
  let bits = 0, held = 0;
  for (const symbol of plain) {
    const value = DIGITS.indexOf(symbol);
    if (value < 0) return null;
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((held >> bits) & 255);
    }
    held &= 255;
  }
  const bytes = Uint8Array.from(out);
  return base32(bytes) === plain ? bytes : null;
}

function isDay(text) {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(text + "T00:00:00Z");
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

/** The receipt's fields, or null where the bytes hold something else. */
function read(content) {
  let fields;
  try {
    fields = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content));
  } catch {
    return null;
  }
  if (!Array.isArray(fields) || fields.length !== 12) return null;
  const [mark, institution, number, at, zone, counts, standing, by, receiver, filed, code, key] = fields;
  const words = [mark, institution, number, zone, counts, standing, receiver, filed, code, key];
  if (mark !== FORMAT || words.some((word) => typeof word !== "string")) return null;
  if (!Number.isSafeInteger(at) || !isDay(counts) || !(by === null || (typeof by === "string" && isDay(by)))) return null;
  if (!STANDINGS.includes(standing)) return null;
  // Canonical: written again it is the same.
  const again = new TextEncoder().encode(JSON.stringify(fields));
  if (again.length !== content.length || again.some((byte, n) => byte !== content[n])) return null;
  return { institution, number, receivedAt: new Date(Math.floor(at / 1000)), zone, countsFrom: counts, standing, answerBy: by, receiver, content: filed, code, publicKey: key };
}

/** Whether this browser can check by itself; false also on a page without https. */
export async function canProve() {
  try {
    // The first test vector's key of RFC 8032.
    await crypto.subtle.importKey("raw", unhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"), { name: "Ed25519" }, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

/** {receipt} or {fault}: not-a-receipt, damaged, other-key, retired-key, forged; `keys` are the institution's, in hex,
    `past` those that sign no more with until when they did. */
export async function proven(text, keys, past = []) {
  const plain = text.slice(0, LONGEST).replace(/\s/g, "").toUpperCase();
  const [mark, ...parts] = plain.split(":");
  if (mark !== MARK) return { fault: "not-a-receipt" };
  if (text.length > LONGEST || parts.length !== 3) return { fault: "damaged" };
  const content = unbase32(parts[0]);
  const signature = unbase32(parts[1]);
  if (!content || !signature || base32(await sha256(content)).slice(0, 4) !== parts[2]) return { fault: "damaged" };
  const receipt = read(content);
  if (!receipt) return { fault: "not-a-receipt" };
  if (!keys.includes(receipt.publicKey)) return { fault: "other-key" };
  try {
    const key = await crypto.subtle.importKey("raw", unhex(receipt.publicKey), { name: "Ed25519" }, false, ["verify"]);
    if (!(await crypto.subtle.verify({ name: "Ed25519" }, key, signature, content))) return { fault: "forged" };
  } catch {
    return { fault: "forged" };
  }
  const gone = past.find((each) => each.key === receipt.publicKey);
  if (gone && receipt.receivedAt > new Date(gone.until)) return { fault: "retired-key" };
  return { receipt };
}

/** The keys that can be trusted by who trusts these: each past key vouches for the one after it. */
export async function vouchedFor(trusted, past) {
  const found = [...trusted];
  // The oldest first: a chain of several changes is followed to its end.
  for (const each of [...past].reverse()) {
    if (!found.includes(each.key) || found.includes(each.next) || !each.vouches) continue;
    const told = Uint8Array.from([...new TextEncoder().encode("aimas-receipt-key-1:"), ...unhex(each.next)]);
    try {
      const key = await crypto.subtle.importKey("raw", unhex(each.key), { name: "Ed25519" }, false, ["verify"]);
      if (await crypto.subtle.verify({ name: "Ed25519" }, key, unhex(each.vouches), told)) found.push(each.next);
    } catch {
      continue;
    }
  }
  return found;
}

/** The ten bytes of a check code as a person types it; null: a slip. */
export function entropyOf(code) {
  const plain = meant(code.replace(/[\s\-–—]/g, "").toUpperCase());
  if (plain.length !== 17) return null;
  const entropy = unbase32(plain.slice(0, 16));
  if (!entropy) return null;
  const number = entropy.reduce((sum, byte) => (sum * 256n + BigInt(byte)), 0n);
  return CHECKS[Number(number % 37n)] === plain[16] ? entropy : null;
}

/** Whether this very text with these files' digests (hex) was filed; only who has the code can show it. */
export async function proves(receipt, code, text, digests = []) {
  const entropy = entropyOf(code);
  if (!entropy) return false;
  const domain = new TextEncoder().encode("aimas-code-1");
  const told = await sha256(Uint8Array.from([...domain, ...entropy]));
  if (hex(told) !== receipt.code) return false;
  const key = await crypto.subtle.importKey("raw", entropy, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const content = new TextEncoder().encode(JSON.stringify(["aimas-content-1", text, digests]));
  return hex(await crypto.subtle.sign("HMAC", key, content)) === receipt.content;
}

export const digestOf = async (file) => hex(await sha256(await file.arrayBuffer()));

/** A day as the language writes it; `words` holds Babel's pattern, months and weekdays. */
export function inWords(day, words) {
  const at = new Date(day + "T00:00:00Z");
  const written = words.pattern.replace(/'([^']*)'|MMMM|d|y/g, (part, quoted) =>
    quoted !== undefined ? quoted : part === "MMMM" ? words.months[at.getUTCMonth()] : part === "d" ? at.getUTCDate() : at.getUTCFullYear(),
  );
  return `${written.replace(/\u202f/g, "\u00a0")} (${words.weekdays[(at.getUTCDay() + 6) % 7]})`;
}

/** The talon line by line, as the server tells it. */
export function told(receipt, words) {
  const say = (key, values) => words.said[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const called = (name) => (Object.hasOwn(words.called ?? {}, name) ? words.called[name] : name);
  const parts = Object.fromEntries(
    new Intl.DateTimeFormat("en-GB", {
      timeZone: receipt.zone, hourCycle: "h23",
      year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
    }).formatToParts(receipt.receivedAt).map((part) => [part.type, part.value]),
  );
  const here = `${parts.year}-${parts.month}-${parts.day}`;
  const lines = [
    say("receipt.institution", { institution: called(receipt.institution) }),
    say("receipt.number", { number: receipt.number }),
    say("receipt.received", { day: inWords(here, words), time: `${parts.hour}:${parts.minute}:${parts.second}` }),
  ];
  if (receipt.countsFrom !== here) {
    const counted = receipt.standing === "appeal" ? "receipt.counts-from" : "receipt.counts-from-message";
    lines.push(say(counted, { day: inWords(receipt.countsFrom, words), says: words.said.register }));
  }
  lines.push(say("receipt.receiver", { receiver: called(receipt.receiver) }));
  lines.push(words.said[`standing.${receipt.standing}`]);
  if (receipt.answerBy) lines.push(say("receipt.answer-by", { day: inWords(receipt.answerBy, words) }));
  return lines;
}
