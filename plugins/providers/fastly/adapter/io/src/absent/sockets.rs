//! `wasi:sockets`: making one is refused. Requests over HTTP are another thing.

use alloc::string::String;

use super::Never;
use crate::Io;
use crate::bindings::exports::wasi::io0_2_12::{poll, streams};
use crate::bindings::exports::wasi::sockets::{
    instance_network, ip_name_lookup, network, tcp, tcp_create_socket, udp, udp_create_socket,
};

/// The network, which is asked for before anything is done with it.
pub(crate) struct Network;

impl network::GuestNetwork for Network {}

impl network::Guest for Io {
    type Network = Network;
}

impl instance_network::Guest for Io {
    fn instance_network() -> network::Network {
        network::Network::new(Network)
    }
}

impl ip_name_lookup::Guest for Io {
    type ResolveAddressStream = Never;

    fn resolve_addresses(
        _: network::NetworkBorrow<'_>,
        _: String,
    ) -> Result<ip_name_lookup::ResolveAddressStream, network::ErrorCode> {
        Err(network::ErrorCode::NotSupported)
    }
}

impl tcp_create_socket::Guest for Io {
    fn create_tcp_socket(
        _: network::IpAddressFamily,
    ) -> Result<tcp::TcpSocket, network::ErrorCode> {
        Err(network::ErrorCode::NotSupported)
    }
}

impl udp_create_socket::Guest for Io {
    fn create_udp_socket(
        _: network::IpAddressFamily,
    ) -> Result<udp::UdpSocket, network::ErrorCode> {
        Err(network::ErrorCode::NotSupported)
    }
}

impl tcp::Guest for Io {
    type TcpSocket = Never;
}

impl udp::Guest for Io {
    type UdpSocket = Never;
    type IncomingDatagramStream = Never;
    type OutgoingDatagramStream = Never;
}

impl ip_name_lookup::GuestResolveAddressStream for Never {
    fn resolve_next_address(&self) -> Result<Option<network::IpAddress>, network::ErrorCode> {
        match *self {}
    }

    fn subscribe(&self) -> poll::Pollable {
        match *self {}
    }
}

impl tcp::GuestTcpSocket for Never {
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

    fn start_connect(
        &self,
        _: network::NetworkBorrow<'_>,
        _: network::IpSocketAddress,
    ) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn finish_connect(
        &self,
    ) -> Result<(streams::InputStream, streams::OutputStream), network::ErrorCode> {
        match *self {}
    }

    fn start_listen(&self) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn finish_listen(&self) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn accept(
        &self,
    ) -> Result<(tcp::TcpSocket, streams::InputStream, streams::OutputStream), network::ErrorCode>
    {
        match *self {}
    }

    fn local_address(&self) -> Result<network::IpSocketAddress, network::ErrorCode> {
        match *self {}
    }

    fn remote_address(&self) -> Result<network::IpSocketAddress, network::ErrorCode> {
        match *self {}
    }

    fn is_listening(&self) -> bool {
        match *self {}
    }

    fn address_family(&self) -> network::IpAddressFamily {
        match *self {}
    }

    fn set_listen_backlog_size(&self, _: u64) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn keep_alive_enabled(&self) -> Result<bool, network::ErrorCode> {
        match *self {}
    }

    fn set_keep_alive_enabled(&self, _: bool) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn keep_alive_idle_time(&self) -> Result<u64, network::ErrorCode> {
        match *self {}
    }

    fn set_keep_alive_idle_time(&self, _: u64) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn keep_alive_interval(&self) -> Result<u64, network::ErrorCode> {
        match *self {}
    }

    fn set_keep_alive_interval(&self, _: u64) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn keep_alive_count(&self) -> Result<u32, network::ErrorCode> {
        match *self {}
    }

    fn set_keep_alive_count(&self, _: u32) -> Result<(), network::ErrorCode> {
        match *self {}
    }

    fn hop_limit(&self) -> Result<u8, network::ErrorCode> {
        match *self {}
    }

    fn set_hop_limit(&self, _: u8) -> Result<(), network::ErrorCode> {
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

    fn shutdown(&self, _: tcp::ShutdownType) -> Result<(), network::ErrorCode> {
        match *self {}
    }
}
