//! The platform's failures in the words of WASI.

use alloc::format;
use alloc::string::{String, ToString};

use crate::Io;
use crate::bindings::exports::wasi::http::types::{
    DnsErrorPayload, ErrorCode, FieldSizePayload, TlsAlertReceivedPayload,
};
use crate::bindings::exports::wasi::io0_2_12::{error, streams};
use crate::bindings::fastly::compute::http_req::{ErrorWithDetail, SendErrorDetail};
use crate::bindings::fastly::compute::types::Error;

/// `wasi:io/error`.
pub(crate) struct IoError {
    code: ErrorCode,
}

impl error::GuestError for IoError {
    fn to_debug_string(&self) -> String {
        format!("{:?}", self.code)
    }
}

impl error::Guest for Io {
    type Error = IoError;
}

/// What `wasi:http` says of a stream's failure.
pub(crate) fn code_of(error: &error::ErrorBorrow<'_>) -> Option<ErrorCode> {
    Some(error.get::<IoError>().code.clone())
}

/// The failure of a body's stream.
pub(crate) fn stream(error: Error) -> streams::StreamError {
    let code = http(error);
    streams::StreamError::LastOperationFailed(error::Error::new(IoError { code }))
}

pub(crate) fn internal(text: &str) -> ErrorCode {
    ErrorCode::InternalError(Some(text.to_string()))
}

pub(crate) fn http(error: Error) -> ErrorCode {
    match error {
        Error::HttpIncomplete => ErrorCode::HttpResponseIncomplete,
        Error::HttpInvalid | Error::HttpUser => ErrorCode::HttpProtocolError,
        Error::HttpHeadTooLarge => ErrorCode::HttpRequestHeaderSectionSize(None),
        Error::LimitExceeded => ErrorCode::ConnectionLimitReached,
        other => internal(&format!("{other:?}")),
    }
}

/// Why there is no answer.
pub(crate) fn sent(error: ErrorWithDetail) -> ErrorCode {
    use SendErrorDetail as D;
    let Some(detail) = error.detail else {
        return http(error.error);
    };
    let size = || FieldSizePayload {
        field_name: None,
        field_size: None,
    };
    match detail {
        D::DnsTimeout => ErrorCode::DnsTimeout,
        D::DnsError(dns) => ErrorCode::DnsError(DnsErrorPayload {
            rcode: dns.rcode.map(|code| code.to_string()),
            info_code: dns.info_code,
        }),
        D::DestinationNotFound => ErrorCode::DestinationNotFound,
        D::DestinationUnavailable => ErrorCode::DestinationUnavailable,
        D::DestinationIpUnroutable => ErrorCode::DestinationIpUnroutable,
        D::ConnectionRefused => ErrorCode::ConnectionRefused,
        D::ConnectionTerminated => ErrorCode::ConnectionTerminated,
        D::ConnectionTimeout => ErrorCode::ConnectionTimeout,
        D::ConnectionLimitReached => ErrorCode::ConnectionLimitReached,
        D::TlsCertificateError => ErrorCode::TlsCertificateError,
        D::TlsConfigurationError => ErrorCode::ConfigurationError,
        D::HttpIncompleteResponse => ErrorCode::HttpResponseIncomplete,
        D::HttpResponseHeaderSectionTooLarge => ErrorCode::HttpResponseHeaderSize(size()),
        D::HttpResponseBodyTooLarge => ErrorCode::HttpResponseBodySize(None),
        D::HttpResponseTimeout => ErrorCode::HttpResponseTimeout,
        D::HttpUpgradeFailed => ErrorCode::HttpUpgradeFailed,
        D::HttpRequestUriInvalid => ErrorCode::HttpRequestUriInvalid,
        D::TlsAlertReceived(alert) => ErrorCode::TlsAlertReceived(TlsAlertReceivedPayload {
            alert_id: alert.id,
            alert_message: None,
        }),
        D::TlsProtocolError => ErrorCode::TlsProtocolError,
        D::HttpResponseStatusInvalid | D::HttpProtocolError | D::H2Error(_) => {
            ErrorCode::HttpProtocolError
        }
        D::HttpRequestCacheKeyInvalid => internal("HttpRequestCacheKeyInvalid"),
        D::InternalError => internal("InternalError"),
        D::Extra(_) => http(error.error),
    }
}
