//! `wasi:sockets/udp`.

use alloc::vec::Vec;

use super::Never;
use crate::bindings::exports::wasi::io0_2_12::poll;
use crate::bindings::exports::wasi::sockets::{network, udp};

impl udp::GuestUdpSocket for Never {
    fn start_bind(
        &self,
        _: network::NetworkBorrow<'_>,
        _: network::IpSocketAddress,
    ) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn finish_bind(&self) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn stream(
        &self,
        _: Option<network::IpSocketAddress>,
    ) -> Result<(udp::IncomingDatagramStream, udp::OutgoingDatagramStream), network::ErrorCode>
    {
        match *self {}
    }

    fn local_address(&self) -> Result<network::IpSocketAddress, network::ErrorCode> {
        match *self {}
    }

    fn remote_address(&self) -> Result<network::IpSocketAddress, network::ErrorCode> {
        match *self {}
    }

    fn address_family(&self) -> network::IpAddressFamily {
        match *self {}
    }

    fn unicast_hop_limit(&self) -> Result<u8, network::ErrorCode> {
        match *self {}
    }

    fn set_unicast_hop_limit(&self, _: u8) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn receive_buffer_size(&self) -> Result<u64, network::ErrorCode> {
        match *self {}
    }

    fn set_receive_buffer_size(&self, _: u64) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn send_buffer_size(&self) -> Result<u64, network::ErrorCode> {
        match *self {}
    }

    fn set_send_buffer_size(&self, _: u64) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn subscribe(&self) -> poll::Pollable {
        match *self {}
    }
}

impl udp::GuestIncomingDatagramStream for Never {
    fn receive(&self, _: u64) -> Result<Vec<udp::IncomingDatagram>, network::ErrorCode> {
        match *self {}
    }

    fn subscribe(&self) -> poll::Pollable {
        match *self {}
    }
}

impl udp::GuestOutgoingDatagramStream for Never {
    fn check_send(&self) -> Result<u64, network::ErrorCode> {
        match *self {}
    }

    fn send(&self, _: Vec<udp::OutgoingDatagram>) -> Result<u64, network::ErrorCode> {
        match *self {}
    }

    fn subscribe(&self) -> poll::Pollable {
        match *self {}
    }
}
