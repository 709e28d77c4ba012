// A small event system: emitter, store, undo, schedule. Changed by make.py, one line at a time.
'use strict';

class Emitter {
  constructor() {
    this.handlers = new Map();
  }

  on(name, handler) {
    const own = this.handlers.get(name) || [];
    own.push(handler);
    this.handlers.set(name, own);
    return () => this.off(name, handler);
  }

  once(name, handler) {
    const off = this.on(name, (...all) => {
      off();
      handler(...all);
    });
    return off;
  }

  off(name, handler) {
    const own = this.handlers.get(name) || [];
    this.handlers.set(name, own.filter((it) => it !== handler));
  }

  emit(name, ...all) {
    const own = this.handlers.get(name) || [];
    for (const handler of own) {
      handler(...all);
    }
    return own.length > 0;
  }
}

function reduce(state, action) {
  switch (action.type) {
    case 'add':
      return { ...state, items: [...state.items, { text: action.text, done: false }] };
    case 'toggle': {
      if (action.at >= state.items.length) {
        throw new RangeError(`no item ${action.at}`);
      }
      const items = state.items.map((it, at) => (at === action.at ? { ...it, done: !it.done } : it));
      return { ...state, items };
    }
    case 'clear':
      return { ...state, items: state.items.filter((it) => it.done !== true) };
    default:
      return state;
  }
}

class Store extends Emitter {
  constructor(state = { items: [] }) {
    super();
    this.state = state;
    this.past = [];
    this.future = [];
  }

  dispatch(action) {
    const next = reduce(this.state, action);
    if (next === this.state) {
      return false;
    }
    this.past.push(this.state);
    this.future = [];
    this.state = next;
    this.emit('change', next);
    return true;
  }

  undo() {
    if (this.past.length === 0) {
      return false;
    }
    this.future.push(this.state);
    this.state = this.past.pop();
    return true;
  }

  redo() {
    if (this.future.length === 0) {
      return false;
    }
    this.past.push(this.state);
    this.state = this.future.pop();
    return true;
  }
}

function remaining(state) {
  return state.items.length - state.items.filter((it) => it.done).length;
}

function progress(state) {
  if (state.items.length === 0) {
    return 0;
  }
  const done = state.items.filter((it) => it.done).length;
  return Math.round((done * 100) / state.items.length);
}

class Schedule {
  constructor() {
    this.now = 0;
    this.jobs = [];
  }

  after(delay, job) {
    this.jobs.push({ at: this.now + delay, job });
  }

  every(period, job) {
    const again = () => {
      job();
      this.after(period, again);
    };
    this.after(period, again);
  }

  advance(time) {
    const end = this.now + time;
    for (;;) {
      const due = this.jobs.filter((it) => it.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) {
        break;
      }
      this.jobs.splice(this.jobs.indexOf(due), 1);
      this.now = due.at;
      due.job();
    }
    this.now = end;
  }
}

function throttle(schedule, period, job) {
  let free = 0;
  return (...all) => {
    if (schedule.now < free) {
      return false;
    }
    free = schedule.now + period;
    job(...all);
    return true;
  };
}

function retry(times, job) {
  let tried = 0;
  for (;;) {
    tried += 1;
    try {
      return job(tried);
    } catch (error) {
      if (tried >= times) {
        throw new Error(`gave up after ${tried}: ${error.message}`);
      }
    }
  }
}

module.exports = { Emitter, reduce, Store, remaining, progress, Schedule, throttle, retry };
