//! Small pictures, drawn by numbers: portraits and landscapes.

use std::io::Cursor;

use anyhow::Context as _;
use image::codecs::jpeg::JpegEncoder;
use image::{Rgb, RgbImage};

use super::dice::Dice;

/// Pixels of a portrait's side.
const FACE: u32 = 128;
/// Pixels of a landscape.
pub(super) const LANDSCAPE: (u32, u32) = (480, 320);
const QUALITY: u8 = 82;

type Colour = [f32; 3];

/// Draws somebody: head and shoulders before a soft background.
pub(super) fn face(seed: u64) -> anyhow::Result<Vec<u8>> {
    let mut dice = Dice::new(seed);
    let hue = share(&mut dice) * 360.0;
    let (top, bottom) = (colour(hue, 0.45, 0.62), colour(hue + 40.0, 0.5, 0.42));
    let skin = mix([0.98, 0.86, 0.74], [0.42, 0.28, 0.2], share(&mut dice));
    let shirt = colour(hue + 170.0 + share(&mut dice) * 60.0, 0.5, 0.5);
    let hair = mix([0.12, 0.1, 0.1], [0.7, 0.5, 0.28], share(&mut dice) * share(&mut dice));
    let long = dice.chance(50);
    let bytes = drawn(FACE, FACE, |x, y| {
        let back = mix(top, bottom, y);
        let (dx, dy) = (x - 0.5, y - 0.42);
        let head = inside(dx, dy, 0.17, 0.21);
        let cap = inside(dx, dy + 0.05, 0.2, if long { 0.27 } else { 0.21 }) && (dy < -0.06 || (long && dx.abs() > 0.13));
        let body = inside(dx, y - 1.02, 0.38, 0.36);
        match (cap, head, body) {
            (true, _, _) => hair,
            (_, true, _) => skin,
            (_, _, true) => shirt,
            _ => back,
        }
    });
    encoded(&bytes)
}

/// Draws hills under a sky with a sun.
pub(super) fn landscape(seed: u64) -> anyhow::Result<Vec<u8>> {
    let mut dice = Dice::new(seed);
    let hue = 180.0 + share(&mut dice) * 200.0;
    let (high, low) = (colour(hue, 0.55, 0.45), colour(hue + 150.0, 0.6, 0.8));
    let (sun_x, sun_y) = (0.2 + share(&mut dice) * 0.6, 0.2 + share(&mut dice) * 0.25);
    let ridges: Vec<(f32, f32, f32)> = (0..4).map(|_| (share(&mut dice) * 6.0, 2.0 + share(&mut dice) * 5.0, share(&mut dice))).collect();
    let ground = hue + 250.0;
    let bytes = drawn(LANDSCAPE.0, LANDSCAPE.1, |x, y| {
        let mut seen = mix(high, low, y * 1.4);
        if inside(x - sun_x, (y - sun_y) / 1.5, 0.06, 0.06) {
            seen = [1.0, 0.95, 0.8];
        }
        let mut line = 0.45;
        let mut depth = 0.0;
        for (phase, waves, lift) in &ridges {
            let edge = line + 0.05 * (x * waves + phase).sin() + 0.03 * (x * waves * 2.3 + phase).cos() - 0.04 * lift;
            if y > edge {
                seen = mix(colour(ground, 0.3, 0.6), colour(ground, 0.5, 0.16), depth);
            }
            line += 0.14;
            depth += 0.33;
        }
        seen
    });
    encoded(&bytes)
}

fn drawn(width: u32, height: u32, at: impl Fn(f32, f32) -> Colour) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let [red, green, blue] = at(part(x, width), part(y, height));
        Rgb([byte(red), byte(green), byte(blue)])
    })
}

fn encoded(picture: &RgbImage) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).context("a picture cannot be encoded")?;
    Ok(bytes.into_inner())
}

#[expect(clippy::cast_precision_loss, reason = "pixels are few")]
fn part(value: u32, whole: u32) -> f32 {
    value as f32 / whole as f32
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to a byte")]
fn byte(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0) as u8
}

fn share(dice: &mut Dice) -> f32 {
    part(u32::try_from(dice.below(1_000)).unwrap_or(0), 1_000)
}

fn inside(dx: f32, dy: f32, width: f32, height: f32) -> bool {
    (dx / width).powi(2) + (dy / height).powi(2) < 1.0
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    let share = share.clamp(0.0, 1.0);
    [0, 1, 2].map(|channel: usize| {
        let (from, to) = (from.get(channel).copied().unwrap_or(0.0), to.get(channel).copied().unwrap_or(0.0));
        from + (to - from) * share
    })
}

/// Makes a colour of hue in degrees, saturation and lightness.
fn colour(hue: f32, saturation: f32, lightness: f32) -> Colour {
    let reach = saturation * lightness.min(1.0 - lightness);
    [0.0, 8.0, 4.0].map(|offset: f32| {
        let place = (offset + hue / 30.0).rem_euclid(12.0);
        lightness - reach * (place - 3.0).min(9.0 - place).clamp(-1.0, 1.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_number_draws_the_same_picture() {
        let (first, again) = (face(7).expect("a picture"), face(7).expect("a picture"));
        assert_eq!(first, again);
        assert_ne!(first, face(8).expect("a picture"));
        assert!(landscape(1).expect("a picture").len() < 60_000);
    }
}
