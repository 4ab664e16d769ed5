//! The Rust crate's ttrpc as a peer for our tests: `peer server SOCKET` or `peer client SOCKET`.
//! It is the crate that the kata-agent serves with and that Kata's Rust shim calls with.
//! What is said on stdin and stdout of the client is told in ../peer.ts.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use protobuf::well_known_types::wrappers::{BytesValue, StringValue, UInt64Value};
use protobuf::Message;
use tokio::io::{AsyncBufReadExt, BufReader};
use ttrpc::r#async::{Client, MethodHandler, Server, Service, TtrpcContext};
use ttrpc::{get_status, Code, Error, Request, Response, Status};

type Failure = Box<dyn std::error::Error + Send + Sync>;

static CANCELLED: AtomicU64 = AtomicU64::new(0);

/// The crate drops the future of a handler whose caller is gone.
struct CountWhenDropped;

impl Drop for CountWhenDropped {
    fn drop(&mut self) {
        CANCELLED.fetch_add(1, Ordering::SeqCst);
    }
}

#[derive(Clone, Copy)]
enum Method {
    Echo,
    Metadata,
    Fail,
    FailPlain,
    Fill,
    Sleep,
    Wait,
    Cancelled,
    Check,
}

fn number(payload: &[u8]) -> ttrpc::Result<u64> {
    let message = UInt64Value::parse_from_bytes(payload).map_err(|e| Error::Others(e.to_string()))?;
    Ok(message.value)
}

fn bytes(message: &impl Message) -> ttrpc::Result<Vec<u8>> {
    message.write_to_bytes().map_err(|e| Error::Others(e.to_string()))
}

async fn answer(method: Method, context: &TtrpcContext, payload: Vec<u8>) -> ttrpc::Result<Vec<u8>> {
    match method {
        Method::Echo => Ok(payload),
        Method::Metadata => {
            let mut lines: Vec<String> =
                context.metadata.iter().map(|(key, values)| format!("{key}={}", values.join(","))).collect();
            lines.sort();
            bytes(&StringValue { value: lines.join("\n"), ..Default::default() })
        }
        Method::Fail => {
            let status = Status::parse_from_bytes(&payload).map_err(|e| Error::Others(e.to_string()))?;
            Err(Error::RpcStatus(status))
        }
        Method::FailPlain => Err(Error::Others("a plain error".to_string())),
        Method::Fill => {
            let value = vec![0; number(&payload)? as usize];
            bytes(&BytesValue { value, ..Default::default() })
        }
        Method::Sleep => {
            tokio::time::sleep(Duration::from_millis(number(&payload)?)).await;
            Ok(payload)
        }
        Method::Wait => {
            let _count = CountWhenDropped;
            std::future::pending::<()>().await;
            Ok(payload)
        }
        Method::Cancelled => {
            let value = CANCELLED.load(Ordering::SeqCst);
            bytes(&UInt64Value { value, ..Default::default() })
        }
        Method::Check => Ok(Vec::new()),
    }
}

#[async_trait]
impl MethodHandler for Method {
    /// As the crate's generated code does it: every success carries a status with code 0.
    async fn handler(&self, context: TtrpcContext, request: Request) -> ttrpc::Result<Response> {
        let mut response = Response::new();
        match answer(*self, &context, request.payload).await {
            Ok(payload) => {
                response.set_status(get_status(Code::OK, ""));
                response.payload = payload;
            }
            Err(Error::RpcStatus(status)) => response.set_status(status),
            Err(error) => response.set_status(get_status(Code::UNKNOWN, error)),
        }
        Ok(response)
    }
}

fn service(methods: &[(&str, Method)]) -> Service {
    let boxed = methods
        .iter()
        .map(|(name, method)| (name.to_string(), Box::new(*method) as Box<dyn MethodHandler + Send + Sync>))
        .collect();
    Service { methods: boxed, streams: HashMap::new() }
}

/// SIGKILL ends it; the crate's own shutdown is not what is tested.
async fn serve(address: &str) -> Result<(), Failure> {
    let peer = service(&[
        ("Echo", Method::Echo),
        ("Metadata", Method::Metadata),
        ("Fail", Method::Fail),
        ("FailPlain", Method::FailPlain),
        ("Fill", Method::Fill),
        ("Sleep", Method::Sleep),
        ("Wait", Method::Wait),
        ("Cancelled", Method::Cancelled),
    ]);
    let services = HashMap::from([
        ("interop.Peer".to_string(), peer),
        ("grpc.Health".to_string(), service(&[("Check", Method::Check)])),
    ]);
    let mut server = Server::new().bind(address)?.register_service(services);
    server.start().await?;
    std::future::pending::<()>().await;
    Ok(())
}

fn field(bytes: &[u8]) -> String {
    if bytes.is_empty() {
        return "-".to_string();
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn bytes_of(field: &str) -> Result<Vec<u8>, Failure> {
    if field == "-" {
        return Ok(Vec::new());
    }
    let digits = field.as_bytes();
    digits
        .chunks(2)
        .map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?))
        .collect()
}

fn request_of(words: &[String]) -> Result<Request, Failure> {
    let pairs = String::from_utf8(bytes_of(&words[5])?)?;
    let mut metadata: HashMap<String, Vec<String>> = HashMap::new();
    for (key, value) in pairs.split('\n').filter_map(|pair| pair.split_once('=')) {
        metadata.entry(key.into()).or_default().push(value.into());
    }
    Ok(Request {
        service: words[1].clone(),
        method: words[2].clone(),
        timeout_nano: words[3].parse()?,
        payload: bytes_of(&words[4])?,
        metadata: ttrpc::context::to_pb(metadata),
        ..Default::default()
    })
}

async fn one(client: Client, words: Vec<String>) -> Result<String, Failure> {
    let id = &words[0];
    match client.request(request_of(&words)?).await {
        Ok(response) => Ok(format!("{id} 0 - {} -", field(&response.payload))),
        Err(Error::RpcStatus(status)) => {
            let details: Vec<String> =
                status.details.iter().map(|detail| Ok(field(&bytes(detail)?))).collect::<ttrpc::Result<_>>()?;
            let details = if details.is_empty() { "-".to_string() } else { details.join(",") };
            Ok(format!("{id} {} {} - {details}", status.code.value(), field(status.message.as_bytes())))
        }
        Err(error) => Ok(format!("{id} local {} - -", field(error.to_string().as_bytes()))),
    }
}

async fn call(address: &str) -> Result<(), Failure> {
    let client = Client::connect(address).await?;
    let stdout = Arc::new(tokio::sync::Mutex::new(()));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let words: Vec<String> = line.split_whitespace().map(str::to_string).collect();
        let (client, stdout) = (client.clone(), stdout.clone());
        tokio::spawn(async move {
            let answer = one(client, words).await;
            let _turn = stdout.lock().await;
            match answer {
                Ok(line) => println!("{line}"),
                Err(error) => eprintln!("{error}"),
            }
        });
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let words: Vec<String> = std::env::args().collect();
    match &words[1..] {
        [role, path] if role == "server" => serve(&format!("unix://{path}")).await,
        [role, path] if role == "client" => call(&format!("unix://{path}")).await,
        _ => Err("usage: peer server|client SOCKET".into()),
    }
}
