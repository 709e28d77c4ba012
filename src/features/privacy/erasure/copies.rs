//! The backup copy of the keystore, as far as an erasure is concerned.

use crate::features::App;
use crate::features::privacy::error::Result;
use crate::infra::crypto::copy;

/// Destroys erased keys in the backup copy too. A copy that cannot be written (its disk is away) does
/// not hold an erasure up: this is tried again with every pass of the job, and the next backup
/// overwrites the copy.
///
/// # Errors
/// When the keystore itself cannot be used.
pub(super) async fn sync(app: &App) -> Result<()> {
    match copy::sync(&app.keystore).await {
        Ok(()) => Ok(()),
        Err(copy::CopyError::Db(error)) => Err(error.into()),
        Err(error) => {
            tracing::warn!(%error, "an erased key may still be in the backup copy of the keystore");
            Ok(())
        }
    }
}
