//! A store: versions, glob patterns, a ring buffer, run lengths, an account.

use std::cmp::Ordering;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    pub fn parse(text: &str) -> Result<Self, String> {
        let parts: Vec<&str> = text.trim_start_matches('v').split('.').collect();
        if parts.len() != 3 {
            return Err(format!("{text}: three numbers wanted"));
        }
        let number = |at: usize| parts[at].parse::<u32>().map_err(|error| format!("{text}: {error}"));
        Ok(Self(number(0)?, number(1)?, number(2)?))
    }
    pub fn compare(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0).then(self.1.cmp(&other.1)).then(self.2.cmp(&other.2))
    }
    pub fn accepts(&self, other: &Self) -> bool {
        self.0 == other.0 && self.compare(other) != Ordering::Greater
    }
}

pub fn glob(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.first(), text.first()) {
        (None, None) => true,
        (Some(b'*'), _) => glob(&pattern[1..], text) || (!text.is_empty() && glob(pattern, &text[1..])),
        (Some(b'?'), Some(_)) => glob(&pattern[1..], &text[1..]),
        (Some(a), Some(b)) if a == b => glob(&pattern[1..], &text[1..]),
        _ => false,
    }
}

pub struct Ring {
    cells: Vec<i32>,
    size: usize,
    start: usize,
}

impl Ring {
    pub fn new(size: usize) -> Self {
        Self { cells: Vec::new(), size, start: 0 }
    }
    pub fn push(&mut self, value: i32) {
        if self.cells.len() < self.size {
            self.cells.push(value);
        } else {
            self.cells[self.start] = value;
            self.start = (self.start + 1) % self.size;
        }
    }
    pub fn values(&self) -> Vec<i32> {
        (0..self.cells.len()).map(|at| self.cells[(self.start + at) % self.cells.len()]).collect()
    }
}

pub fn pack(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars().peekable();
    while let Some(it) = rest.next() {
        let mut count = 1;
        while rest.peek() == Some(&it) {
            rest.next();
            count += 1;
        }
        if count > 1 {
            out.push_str(&count.to_string());
        }
        out.push(it);
    }
    out
}

pub fn unpack(text: &str) -> String {
    let mut out = String::new();
    let mut count = 0;
    for it in text.chars() {
        match it.to_digit(10) {
            Some(digit) => count = count * 10 + digit as usize,
            None => {
                out.push_str(&it.to_string().repeat(count.max(1)));
                count = 0;
            }
        }
    }
    out
}

#[derive(Debug, Default)]
pub struct Account {
    pub balance: i64,
    pub history: Vec<i64>,
}

impl Account {
    pub fn deposit(&mut self, amount: i64) -> Result<(), String> {
        if amount <= 0 {
            return Err(format!("cannot deposit {amount}"));
        }
        self.balance += amount;
        self.history.push(amount);
        Ok(())
    }
    pub fn withdraw(&mut self, amount: i64) -> Result<(), String> {
        if amount > self.balance {
            return Err(format!("insufficient funds: {} of {amount}", self.balance));
        }
        self.balance -= amount;
        self.history.push(-amount);
        Ok(())
    }
}

#[cfg(test)]
mod tests;
