//! Smaller pictures.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, ImageReader};
use openim_testing::for_each_database;
use serde_json::{Value, json};

use crate::house::{ACCESS, DELETE, House};

fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    DynamicImage::new_rgb8(width, height).write_to(&mut png, ImageFormat::Png).unwrap();
    png.into_inner()
}

#[tokio::test]
async fn a_smaller_picture_is_made_once_and_goes_with_its_file() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        let source = picture(300, 200);
        house.store(|| world.user("ann"), "ann/a.png", &source).await;
        let get = async |image: Value| {
            let answer = house.ask(world.anonymous(), ACCESS, json!({"name": "ann/a.png", "image": image})).await;
            let answer = house.http.get(answer.data()["fileAccess"]["url"].as_str().unwrap()).send().await.unwrap();
            let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
            (kind, answer.bytes().await.unwrap())
        };
        for _ in 0..2 {
            let (kind, bytes) = get(json!({"format": "JPEG", "width": 30, "height": 30})).await;
            let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap();
            assert_eq!((kind.as_str(), reader.format()), ("image/jpeg", Some(ImageFormat::Jpeg)));
            assert_eq!(reader.into_dimensions().unwrap(), (30, 20));
            assert_eq!(house.stored("thumbnail").len(), 1);
        }
        assert_eq!(get(json!({"width": 1025})).await.1, source, "too large a box: the file itself");
        assert_eq!(get(json!({"width": -5, "format": "GIF"})).await.0, "image/gif");
        house.ask(world.user("ann"), DELETE, json!({"name": "ann/a.png"})).await.data();
        world.drain_events().await;
        assert_eq!(house.stored(""), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn of_what_is_no_picture_none_is_made() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/a.png", b"<svg/>").await;
        let wish = json!({"name": "ann/a.png", "image": {"width": 10}});
        assert_eq!(house.ask(world.anonymous(), ACCESS, wish).await.refused().0, "FILE_REFUSED");
        let none = json!({"name": "ann/none", "image": {"width": 10}});
        assert_eq!(house.ask(world.anonymous(), ACCESS, none).await.refused().0, "RECORD_NOT_FOUND");
        assert_eq!(house.stored("thumbnail"), Vec::<String>::new());
    })
    .await;
}

#[tokio::test]
async fn strangers_cannot_fill_the_store_with_pictures() {
    for_each_database(async |world| {
        let house = House::new(world).await;
        house.store(|| world.user("ann"), "ann/a.png", &picture(2, 2)).await;
        for width in 0..70 {
            house.ask(world.anonymous(), ACCESS, json!({"name": "ann/a.png", "image": {"width": width}})).await.data();
        }
        assert_eq!(house.stored("thumbnail").len(), 64);
    })
    .await;
}
