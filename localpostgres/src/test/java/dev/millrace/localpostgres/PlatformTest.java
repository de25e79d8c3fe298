package dev.millrace.localpostgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class PlatformTest {

    @Test
    void the_jvms_names_are_understood() {
        assertThat(Platform.of("Linux", "amd64")).isEqualTo(Platform.LINUX_X86_64);
        assertThat(Platform.of("Linux", "aarch64")).isEqualTo(Platform.LINUX_ARM64);
        assertThat(Platform.of("Mac OS X", "x86_64")).isEqualTo(Platform.DARWIN_X86_64);
        assertThat(Platform.of("Mac OS X", "aarch64")).isEqualTo(Platform.DARWIN_ARM64);
        assertThat(Platform.LINUX_ARM64.archiveName()).isEqualTo("postgres-linux-arm_64.txz");
    }

    @Test
    void a_platform_without_programs_is_refused_by_name() {
        assertThatThrownBy(() -> Platform.of("Windows 11", "amd64")).hasMessageContaining("Windows 11 on amd64");
        assertThatThrownBy(() -> Platform.of("Linux", "s390x")).hasMessageContaining("Linux on s390x");
    }
}
