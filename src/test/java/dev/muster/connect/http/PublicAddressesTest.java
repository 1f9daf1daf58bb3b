package dev.muster.connect.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PublicAddressesTest {

    private static String whyNot(String address) {
        InetAddress read = IpText.parse(address);
        assertThat(read).as(address).isNotNull();
        return PublicAddresses.whyNot(read);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, of this host or network",
        "0.255.255.255, of this host or network",
        "10.0.0.0, private",
        "10.255.255.255, private",
        "100.64.0.0, shared by a carrier's customers",
        "100.127.255.255, shared by a carrier's customers",
        "100.100.100.200, cloud metadata",
        "127.0.0.1, loopback",
        "127.255.255.255, loopback",
        "168.63.129.16, cloud metadata",
        "169.254.0.0, link-local",
        "169.254.169.254, cloud metadata",
        "169.254.170.2, cloud metadata",
        "169.254.255.255, link-local",
        "172.16.0.0, private",
        "172.31.255.255, private",
        "192.0.0.0, reserved",
        "192.0.0.192, cloud metadata",
        "192.0.0.255, reserved",
        "192.0.2.1, for documentation",
        "192.88.99.1, that of a tunnel to another address",
        "192.168.0.0, private",
        "192.168.255.255, private",
        "198.18.0.0, for benchmarks",
        "198.19.255.255, for benchmarks",
        "198.51.100.7, for documentation",
        "203.0.113.7, for documentation",
        "224.0.0.1, for multicast",
        "239.255.255.255, for multicast",
        "240.0.0.0, reserved",
        "255.255.255.254, reserved",
        "255.255.255.255, for broadcast",
        "::, of this host or network",
        "::1, loopback",
        "::2, not of the public internet",
        "::ffff:127.0.0.1, loopback",
        "::ffff:a9fe:a9fe, cloud metadata",
        "::ffff:0:10.0.0.1, not of the public internet",
        "64:ff9b::10.0.0.1, private",
        "64:ff9b::7f00:1, loopback",
        "64:ff9b:1::8.8.8.8, not of the public internet",
        "100::1, not of the public internet",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2, that of a tunnel to another address",
        "2001:2::1, reserved",
        "2001:20::1, reserved",
        "2001:db8::1, for documentation",
        "2002:7f00:1::, that of a tunnel to another address",
        "2002:0808:0808::1, that of a tunnel to another address",
        "2606:4700::5efe:10.0.0.1, private",
        "2606:4700::200:5efe:7f00:1, loopback",
        "3fff::1, for documentation",
        "4000::1, not of the public internet",
        "5f00::1, not of the public internet",
        "fc00::1, private",
        "fd00:ec2::254, cloud metadata",
        "fdff:ffff::1, private",
        "fe80::1, link-local",
        "febf::1, link-local",
        "fec0::1, private",
        "ff02::1, for multicast"
    })
    void addressOfNoPublicNetwork_isRefusedWithWhatItIs(String address, String what) {
        assertThat(whyNot(address)).isEqualTo(what);
    }

    @ParameterizedTest
    @ValueSource(strings = {"::127.0.0.1", "::10.0.0.1", "::169.254.169.254", "::7f00:1"})
    void addressCompatibleWithIpVersion4_isRefused(String address) {
        assertThat(whyNot(address)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.0.0.0",
                "1.1.1.1",
                "8.8.8.8",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.0",
                "169.253.255.255",
                "169.255.0.0",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.0",
                "192.167.255.255",
                "192.169.0.0",
                "198.17.255.255",
                "198.20.0.0",
                "223.255.255.255",
                "::ffff:8.8.8.8",
                "64:ff9b::8.8.8.8",
                "2001:200::1",
                "2001:4860:4860::8888",
                "2003::1",
                "2606:4700::5efe:8.8.8.8",
                "2606:4700::1111",
                "2a00:1450:4001:80b::200e"
            })
    void publicAddress_isPublic(String address) {
        assertThat(whyNot(address)).isNull();
    }

    @Test
    void mappedAddressThatWasNotUnwrapped_isRefusedToo() throws Exception {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 127, 0, 0, 1};
        assertThat(PublicAddresses.whyNot(Inet6Address.getByAddress(null, mapped, -1)))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "172.16.0.0/12, 172.31.255.255, true",
        "172.16.0.0/12, 172.32.0.0, false",
        "1.2.3.4/32, 1.2.3.4, true",
        "1.2.3.4/32, 1.2.3.5, false",
        "0.0.0.0/0, 255.255.255.255, true",
        "0.0.0.0/0, 2606::1, false",
        "::/0, 2606::1, true",
        "fd00::/9, fd7f:ffff::, true",
        "fd00::/9, fd80::, false"
    })
    void network_holdsTheAddressesThatShareItsBits(String network, String address, boolean holds) {
        assertThat(AddressRange.parse(network).contains(IpText.parse(address))).isEqualTo(holds);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "::/129", "10.1.2.3/8", "10/8", "host/8", "10.0.0.0/-1"})
    void networkThatIsNone_isNotRead(String network) {
        assertThatThrownBy(() -> AddressRange.parse(network)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.1",
                "2130706433",
                "0x7f000001",
                "0177.0.0.1",
                "127.0.0.01",
                "127.0.0.256",
                "127.0.0.1.",
                "127.0.0.0x1",
                "0x7f.1",
                "0x",
                "1.2.3",
                "1.2.3.4.5",
                "host.1",
                "host.0x1f",
                ":::1",
                "1::2::3",
                "::1%lo",
                "::ffff:127.0.0.256"
            })
    void addressInAnOddSpelling_isNotReadAndAmbiguous(String host) {
        assertThat(IpText.parse(host)).isNull();
        assertThat(IpText.isAmbiguous(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "a.b.c", "1e100.net", "10.0.0.1.example", "x1", "0x7g", "host-1", "a1.b2"})
    void name_isNoAddress(String host) {
        assertThat(IpText.parse(host)).isNull();
        assertThat(IpText.isAmbiguous(host)).isFalse();
    }
}
