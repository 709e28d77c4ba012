//! A calculator: tokens, a parser, matrices, statistics.

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    Number(i64),
    Sign(char),
}

pub fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut number: Option<i64> = None;
    for it in text.chars() {
        if let Some(digit) = it.to_digit(10) {
            number = Some(number.unwrap_or(0) * 10 + i64::from(digit));
            continue;
        }
        if let Some(value) = number.take() {
            out.push(Token::Number(value));
        }
        match it {
            ' ' => {}
            '+' | '-' | '*' | '/' | '(' | ')' => out.push(Token::Sign(it)),
            other => return Err(format!("unexpected {other}")),
        }
    }
    if let Some(value) = number {
        out.push(Token::Number(value));
    }
    Ok(out)
}

pub fn eval(text: &str) -> Result<i64, String> {
    let tokens = tokens(text)?;
    let mut at = 0;
    let value = sum(&tokens, &mut at)?;
    if at < tokens.len() {
        return Err(format!("trailing {:?}", tokens[at]));
    }
    Ok(value)
}

fn sum(tokens: &[Token], at: &mut usize) -> Result<i64, String> {
    let mut value = product(tokens, at)?;
    while let Some(Token::Sign(sign @ ('+' | '-'))) = tokens.get(*at) {
        *at += 1;
        let right = product(tokens, at)?;
        if *sign == '+' { value += right } else { value -= right }
    }
    Ok(value)
}

fn product(tokens: &[Token], at: &mut usize) -> Result<i64, String> {
    let mut value = atom(tokens, at)?;
    while let Some(Token::Sign(sign @ ('*' | '/'))) = tokens.get(*at) {
        *at += 1;
        let right = atom(tokens, at)?;
        if *sign == '*' { value *= right } else { value = value.checked_div(right).ok_or("division by zero")? }
    }
    Ok(value)
}

fn atom(tokens: &[Token], at: &mut usize) -> Result<i64, String> {
    let token = tokens.get(*at).ok_or("unexpected end")?;
    *at += 1;
    match token {
        Token::Number(value) => Ok(*value),
        Token::Sign('-') => Ok(-atom(tokens, at)?),
        Token::Sign('(') => {
            let value = sum(tokens, at)?;
            if tokens.get(*at) != Some(&Token::Sign(')')) {
                return Err("missing )".into());
            }
            *at += 1;
            Ok(value)
        }
        Token::Sign(other) => Err(format!("unexpected {other}")),
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    pub rows: usize,
    pub columns: usize,
    pub cells: Vec<i64>,
}

impl Matrix {
    pub fn new(rows: usize, columns: usize, cells: &[i64]) -> Self {
        assert_eq!(cells.len(), rows * columns, "wrong number of cells");
        Self { rows, columns, cells: cells.to_vec() }
    }
    pub fn get(&self, row: usize, column: usize) -> i64 {
        self.cells[row * self.columns + column]
    }
    pub fn transposed(&self) -> Self {
        let mut cells = Vec::new();
        for column in 0..self.columns {
            for row in 0..self.rows {
                cells.push(self.get(row, column));
            }
        }
        Self::new(self.columns, self.rows, &cells)
    }
    pub fn times(&self, other: &Self) -> Self {
        let mut cells = Vec::new();
        for row in 0..self.rows {
            for column in 0..other.columns {
                cells.push((0..self.columns).map(|k| self.get(row, k) * other.get(k, column)).sum());
            }
        }
        Self::new(self.rows, other.columns, &cells)
    }
}

pub fn mean(values: &[f64]) -> Option<f64> {
    if values.is_empty() {
        return None;
    }
    Some(values.iter().sum::<f64>() / values.len() as f64)
}

pub fn median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    if sorted.is_empty() {
        None
    } else if sorted.len() % 2 == 1 {
        Some(sorted[middle])
    } else {
        Some((sorted[middle - 1] + sorted[middle]) / 2.0)
    }
}

#[cfg(test)]
mod tests;
