// The live half of the console. Every page is whole without it: it re-reads the page it is on when something has happened, follows the
// log, and words times for the reader's clock.

const byId = id => document.getElementById(id);
const link = byId('link');

// Times

const age = seconds =>
  seconds < 1 ? 'just now'
  : seconds < 60 ? `${Math.floor(seconds)} s ago`
  : seconds < 3600 ? `${Math.floor(seconds / 60)} min ago`
  : seconds < 172800 ? `${Math.floor(seconds / 3600)} h ago`
  : `${Math.floor(seconds / 86400)} d ago`;

const whole = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const pad = (number, length) => String(number).padStart(length, '0');
const clock = time => [time.getHours(), time.getMinutes(), time.getSeconds()].map(n => pad(n, 2)).join(':') + '.' + pad(time.getMilliseconds(), 3);

function wordTimes(root) {
  for (const element of root.querySelectorAll('time[datetime]')) {
    const time = new Date(element.dateTime);
    const data = element.dataset;
    const text = 'age' in data ? age((Date.now() - time) / 1000) : 'clock' in data ? clock(time) : whole.format(time);
    if (element.textContent !== text) element.textContent = text;
    element.title = whole.format(time);
  }
}

// Bringing the page up to date without losing focus, selection or an open question

function morph(from, to) {
  if (from.isEqualNode(to)) return;
  if (from.nodeName !== to.nodeName) return from.replaceWith(document.importNode(to, true));
  if (from.nodeType !== Node.ELEMENT_NODE) {
    from.nodeValue = to.nodeValue;
    return;
  }
  if ('own' in from.dataset || from.id === 'notice') return;
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name) && name !== 'open') from.removeAttribute(name);
  morphChildren(from, to);
}

function morphChildren(from, to) {
  let at = from.firstChild;
  for (const next of [...to.childNodes]) {
    const named = next.id && [...from.children].find(child => child.id === next.id);
    if (named && named !== at) from.insertBefore(named, at);
    const same = named || (at && at.nodeName === next.nodeName && !at.id && !next.id ? at : null);
    if (same) {
      at = same.nextSibling;
      morph(same, next);
    } else {
      from.insertBefore(document.importNode(next, true), at);
    }
  }
  while (at) {
    const gone = at;
    at = at.nextSibling;
    gone.remove();
  }
}

let reading = false;
let again = false;
let readAt = new Date();

async function read() {
  if (reading) {
    again = true;
    return;
  }
  reading = true;
  again = false;
  try {
    const answer = await fetch(location.href, { headers: { 'X-Console': 'refresh' }, cache: 'no-store', signal: AbortSignal.timeout(10000) });
    if (answer.status >= 500) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    wordTimes(page);
    morph(byId('parts'), page.getElementById('parts'));
    morph(byId('main'), page.getElementById('main'));
    morph(byId('foot'), page.getElementById('foot'));
    readAt = new Date();
    if (events?.readyState === EventSource.OPEN) tell(link, 'live', 'live');
  } catch {
    tell(link, 'stale', `no answer, as of ${readAt.toLocaleTimeString()}`);
    soon(5000);
  } finally {
    reading = false;
    if (again) soon();
  }
}

let timer = 0;

// Events come in bursts: one reading answers all of them.
function soon(delay = 200) {
  clearTimeout(timer);
  timer = setTimeout(read, delay);
}

function tell(element, state, words) {
  element.hidden = false;
  element.dataset.state = state;
  const text = element.lastElementChild;
  if (text.textContent !== words) text.textContent = words;
}

// What happens

let events = null;

function listen() {
  if (!events) tell(link, 'connecting', 'connecting');
  events = new EventSource('/api/v1/events');
  events.onopen = () => soon(0);
  events.onerror = () => {
    tell(link, 'reconnecting', `reconnecting, as of ${readAt.toLocaleTimeString()}`);
    // The browser tries again by itself, except after an answer that is not a stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || listen(), 3000);
  };
  for (const name of ['message', 'rollout', 'service']) events.addEventListener(name, heard);
}

function heard({ data }) {
  const here = document.body.dataset;
  let about = {};
  try {
    about = JSON.parse(data) ?? {};
  } catch {
    // Not ours to understand: reading once too often does no harm.
  }
  if (here.service && about.service && (about.service !== here.service || about.environment !== here.environment)) return;
  soon();
}

// The log

const log = byId('log-lines');
const most = 2000;
let lines = null;
let fresh = true;
let replace = false;
let held = [];
let paused = false;

function follow() {
  tell(byId('log-link'), 'connecting', 'connecting');
  lines = new EventSource(log.dataset.follow);
  lines.onopen = () => tell(byId('log-link'), 'live', 'live');
  lines.onerror = () => {
    tell(byId('log-link'), 'reconnecting', 'reconnecting');
    // The browser comes back with the last line it has, and the whole log of a build goes on from there.
    if (lines.readyState === EventSource.CLOSED || !('whole' in log.dataset)) fresh = true;
    if (lines.readyState === EventSource.CLOSED) setTimeout(() => document.hidden || follow(), 3000);
  };
  for (const name of ['message', 'log', 'line']) lines.addEventListener(name, arrived);
  lines.addEventListener('end', () => {
    lines.close();
    tell(byId('log-link'), 'live', 'ended');
    soon(0);
  });
}

function arrived({ data }) {
  // A stream begins at its tail, which takes the place of what is here: no line is missing and none is there twice.
  if (fresh) [held, replace, fresh] = [[], true, false];
  held.push(JSON.parse(data));
  if (held.length > most) held.shift();
  if (held.length === 1 || paused) requestAnimationFrame(paused ? label : flush);
}

function flush() {
  if (paused) return label();
  if (replace) log.replaceChildren();
  replace = false;
  log.append(...held.map(row));
  held = [];
  while (log.childElementCount > most) log.firstElementChild.remove();
  log.scrollTop = log.scrollHeight;
  label();
}

// A line of a service's log, or of a build's.
function row({ time, stream = 'access', instance = '', platform, text }) {
  const line = document.createElement('p');
  const when = document.createElement('time');
  const which = document.createElement('b');
  const what = document.createElement('span');
  line.className = stream;
  line.classList.toggle('json', text.startsWith('{'));
  line.title = instance;
  when.dateTime = time;
  when.textContent = clock(new Date(time));
  which.textContent = platform ?? stream;
  what.textContent = text;
  line.append(when, which, what);
  return line;
}

const label = () => { byId('log-pause').textContent = !paused ? 'Pause' : held.length ? `Follow, ${held.length} new` : 'Follow'; };

function pause(now) {
  if (paused === now) return;
  paused = now;
  if (!now) flush();
  label();
}

// Start

function close() {
  events?.close();
  lines?.close();
  [events, lines, fresh] = [null, null, true];
}

function open() {
  if (!events) listen();
  if (log && !lines) follow();
}

// A browser gives one server six connections: tabs nobody looks at give theirs back.
document.addEventListener('visibilitychange', () => document.hidden ? close() : open());
addEventListener('pagehide', close);
addEventListener('pageshow', event => event.persisted && open());

const asking = () => document.querySelectorAll('details.ask[open]');
document.addEventListener('keydown', event => {
  if (event.key !== 'Escape') return;
  for (const question of asking()) {
    question.open = false;
    question.querySelector('summary').focus();
  }
});
document.addEventListener('click', event => {
  for (const question of asking()) if (!question.contains(event.target)) question.open = false;
});

if (log) {
  log.scrollTop = log.scrollHeight;
  byId('log-pause').hidden = false;
  byId('log-pause').addEventListener('click', () => pause(!paused));
  log.addEventListener('scroll', () => pause(log.scrollHeight - log.scrollTop - log.clientHeight > 24), { passive: true });
}

// The message is said once: a reload or a shared address does not repeat it.
const address = new URL(location.href);
if (address.searchParams.has('done')) {
  address.searchParams.delete('done');
  history.replaceState(null, '', address);
}

wordTimes(document);
setInterval(() => wordTimes(document), 5000);
// What an instance does is not an event of any rollout.
setInterval(() => { if (!document.hidden && events?.readyState === EventSource.OPEN) soon(0); }, 3000);
if (!document.hidden) open();
