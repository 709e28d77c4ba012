//! The profile out of an export of another account.

use super::error::Result;
use super::users::{self, Profile, ProfileView};
use crate::domain::accounts::{PersonName, ProfileText};
use crate::domain::fields::FieldErrors;
use crate::domain::ids::UserId;
use crate::features::App;
use crate::infra::db::Conn;

/// Writes name, organisation, phone and address, in the caller's transaction. The address of the
/// mailbox stays: it is what this account signs in with.
///
/// # Errors
/// When the database cannot be used. Fields that are not valid are the inner error; nothing is then
/// written.
pub async fn take_profile(
    conn: &mut Conn,
    app: &App,
    user: UserId,
    form: &ProfileView,
) -> Result<Result<(), FieldErrors>> {
    let mut errors = FieldErrors::default();
    let name = errors.take("name", PersonName::parse(&form.name));
    let organisation = errors.take("organisation", ProfileText::parse(&form.organisation));
    let phone = errors.take("phone", ProfileText::parse(&form.phone));
    let address = errors.take("address", ProfileText::parse(&form.address));
    let (Some(name), Some(organisation), Some(phone), Some(address)) = (name, organisation, phone, address) else {
        return Ok(Err(errors));
    };
    let profile = Profile {
        name,
        organisation,
        phone,
        address,
    };
    let key = app.keys.data_key(user.0).await?;
    users::set_profile(conn, user, &key, &profile).await?;
    Ok(Ok(()))
}
