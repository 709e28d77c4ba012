//! IndexedDB as far as islands need it: named stores of JavaScript objects with a text `id`.
//!
//! A [`Work`] is one transaction. It stays alive only while its requests are pending: between them
//! nothing but this module's own futures may be awaited.

use js_sys::{Array, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch, js_namespace = indexedDB, js_name = open)]
    fn open_database(name: &str, version: u32) -> Result<Request, JsValue>;

    #[wasm_bindgen(catch, js_namespace = indexedDB, js_name = deleteDatabase)]
    fn delete_database(name: &str) -> Result<Request, JsValue>;

    #[wasm_bindgen(js_name = IDBRequest)]
    type Request;
    #[wasm_bindgen(method, getter)]
    fn result(this: &Request) -> JsValue;
    #[wasm_bindgen(method, setter)]
    fn set_onsuccess(this: &Request, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onerror(this: &Request, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onblocked(this: &Request, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onupgradeneeded(this: &Request, handler: &JsValue);

    #[derive(Clone)]
    #[wasm_bindgen(js_name = IDBDatabase)]
    type Handle;
    #[wasm_bindgen(method, catch, js_name = createObjectStore)]
    fn create_object_store(this: &Handle, name: &str, options: &JsValue) -> Result<Store, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn transaction(this: &Handle, stores: &Array, mode: &str) -> Result<Transaction, JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_onversionchange(this: &Handle, handler: &JsValue);
    #[wasm_bindgen(method, setter)]
    fn set_onclose(this: &Handle, handler: &JsValue);
    #[wasm_bindgen(method)]
    fn close(this: &Handle);

    #[wasm_bindgen(js_name = IDBTransaction)]
    type Transaction;
    #[wasm_bindgen(method, catch, js_name = objectStore)]
    fn object_store(this: &Transaction, name: &str) -> Result<Store, JsValue>;
    #[wasm_bindgen(method, setter)]
    fn set_oncomplete(this: &Transaction, handler: &JsValue);
    #[wasm_bindgen(method, setter, js_name = onabort)]
    fn set_transaction_onabort(this: &Transaction, handler: &JsValue);
    #[wasm_bindgen(method, catch, js_name = abort)]
    fn abort_transaction(this: &Transaction) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = IDBObjectStore)]
    type Store;
    #[wasm_bindgen(method, catch)]
    fn get(this: &Store, key: &str) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn put(this: &Store, value: &JsValue) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, catch, js_name = "delete")]
    fn delete_row(this: &Store, key: &str) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn clear(this: &Store) -> Result<Request, JsValue>;
    #[wasm_bindgen(method, catch, js_name = getAll)]
    fn get_all(this: &Store) -> Result<Request, JsValue>;
}

/// The browser did not do it: storage is full, switched off, or was cleared meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the browser's storage cannot be used")]
pub struct Unavailable;

impl From<JsValue> for Unavailable {
    fn from(_: JsValue) -> Self {
        Self
    }
}

/// What became of it.
pub type Outcome<T = ()> = Result<T, Unavailable>;

/// An open database; closed by [`Database::close`], or by the browser when another tab deletes it.
#[derive(Clone)]
pub struct Database(Handle);

impl Database {
    /// Opens the database, making the stores on its first use.
    ///
    /// # Errors
    /// [`Unavailable`], e.g. in private windows of some browsers.
    pub async fn open(name: &str, version: u32, stores: &'static [&'static str]) -> Outcome<Self> {
        let request = open_database(name, version)?;
        let upgrade = {
            let request: Request = request.clone_request();
            Closure::once(move || {
                let handle: Handle = request.result().unchecked_into();
                let options = super::object(&[("keyPath", JsValue::from_str("id"))]);
                for store in stores {
                    // An existing store is an error of this call alone; the upgrade goes on.
                    let _ = handle.create_object_store(store, &options);
                }
            })
        };
        request.set_onupgradeneeded(upgrade.as_ref());
        let handle: Handle = finish(&request).await?.unchecked_into();
        // Another tab deletes the database ("forget all"): let go of it, or it would wait for us.
        let closing = handle.clone();
        handle.set_onversionchange(&Closure::once_into_js(move || closing.close()));
        Ok(Self(handle))
    }

    /// Begins a transaction over these stores.
    ///
    /// # Errors
    /// [`Unavailable`] once the database was closed or deleted.
    pub fn begin(&self, stores: &[&str], is_write: bool) -> Outcome<Work> {
        let names: Array = stores.iter().map(|store| JsValue::from_str(store)).collect();
        let mode = if is_write { "readwrite" } else { "readonly" };
        Ok(Work(self.0.transaction(&names, mode)?))
    }

    pub fn close(&self) {
        self.0.close();
    }

    /// Deletes a database with all its stores.
    ///
    /// # Errors
    /// [`Unavailable`] where the browser refuses.
    pub async fn delete(name: &str) -> Outcome {
        finish(&delete_database(name)?).await.map(drop)
    }
}

/// One transaction; complete only after [`Work::commit`].
pub struct Work(Transaction);

impl Work {
    /// The row with this id, `undefined` where there is none.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub async fn get(&self, store: &str, id: &str) -> Outcome<JsValue> {
        finish(&self.0.object_store(store)?.get(id)?).await
    }

    /// # Errors
    /// [`Unavailable`]
    pub async fn all(&self, store: &str) -> Outcome<Vec<JsValue>> {
        let rows = finish(&self.0.object_store(store)?.get_all()?).await?;
        Ok(Array::from(&rows).to_vec())
    }

    /// Writes a row in place of the one with the same id.
    ///
    /// # Errors
    /// [`Unavailable`]
    pub async fn put(&self, store: &str, row: &JsValue) -> Outcome {
        finish(&self.0.object_store(store)?.put(row)?).await.map(drop)
    }

    /// # Errors
    /// [`Unavailable`]
    pub async fn delete(&self, store: &str, id: &str) -> Outcome {
        finish(&self.0.object_store(store)?.delete_row(id)?).await.map(drop)
    }

    /// # Errors
    /// [`Unavailable`]
    pub async fn clear(&self, store: &str) -> Outcome {
        finish(&self.0.object_store(store)?.clear()?).await.map(drop)
    }

    /// Undoes what this transaction did.
    pub fn abort(self) {
        let _ = self.0.abort_transaction();
    }

    /// Waits until the transaction is whole in the store.
    ///
    /// # Errors
    /// [`Unavailable`] when it was undone, e.g. because the disk is full.
    pub async fn commit(self) -> Outcome {
        let promise = Promise::new(&mut |resolve, reject| {
            self.0.set_oncomplete(&resolve);
            self.0.set_transaction_onabort(&reject);
        });
        JsFuture::from(promise).await?;
        Ok(())
    }
}

impl Request {
    fn clone_request(&self) -> Self {
        let value: &JsValue = self.as_ref();
        value.clone().unchecked_into()
    }
}

/// Waits for a request and gives its result.
async fn finish(request: &Request) -> Outcome<JsValue> {
    let promise = Promise::new(&mut |resolve, reject| {
        request.set_onsuccess(&resolve);
        request.set_onerror(&reject);
        request.set_onblocked(&JsValue::NULL);
    });
    JsFuture::from(promise).await?;
    Ok(request.result())
}
