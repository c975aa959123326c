#!/bin/bash
# What people do today: the commands of a guide, one after the other, as root on a fresh server. Neither safe to repeat
# nor proved. Needs NAME, DOMAIN, ADMIN, PUBLIC_KEY, ACME_DIRECTORY and DEVICE_PASSWORD in the environment.
set -e
export DEBIAN_FRONTEND=noninteractive

# Update
apt-get update
apt-get -y upgrade

# Host name
hostnamectl set-hostname "$NAME"
echo "127.0.1.1 $DOMAIN $NAME" >>/etc/hosts

# User
apt-get -y install sudo
adduser --disabled-password --gecos '' "$ADMIN"
usermod -aG sudo "$ADMIN"
echo "$ADMIN ALL=(ALL) NOPASSWD:ALL" >"/etc/sudoers.d/$ADMIN"
chmod 440 "/etc/sudoers.d/$ADMIN"

# SSH key
mkdir -p "/home/$ADMIN/.ssh"
echo "$PUBLIC_KEY" >"/home/$ADMIN/.ssh/authorized_keys"
chmod 700 "/home/$ADMIN/.ssh"
chmod 600 "/home/$ADMIN/.ssh/authorized_keys"
chown -R "$ADMIN:$ADMIN" "/home/$ADMIN/.ssh"

# SSH server
sed -i 's/^#\?PermitRootLogin.*/PermitRootLogin no/' /etc/ssh/sshd_config
sed -i 's/^#\?PasswordAuthentication.*/PasswordAuthentication no/' /etc/ssh/sshd_config
sed -i 's/^#\?PubkeyAuthentication.*/PubkeyAuthentication yes/' /etc/ssh/sshd_config
sed -i 's/^#\?X11Forwarding.*/X11Forwarding no/' /etc/ssh/sshd_config
systemctl restart ssh

# Firewall
apt-get -y install ufw
ufw default deny incoming
ufw default allow outgoing
ufw allow ssh
ufw allow 80/tcp
ufw allow 443/tcp
ufw allow 1883/tcp
ufw allow 8883/tcp
ufw allow 8083/tcp
ufw allow 8084/tcp
ufw allow 8081/tcp
ufw allow 18083/tcp
ufw allow 18084/tcp
ufw --force enable
ufw status

# Updates that install themselves
apt-get -y install unattended-upgrades
cat >/etc/apt/apt.conf.d/20auto-upgrades <<'END'
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
END
systemctl enable unattended-upgrades
systemctl restart unattended-upgrades

# fail2ban
apt-get -y install fail2ban
cat >/etc/fail2ban/jail.local <<'END'
[sshd]
enabled = true
backend = systemd
maxretry = 5
bantime = 1h
END
systemctl enable fail2ban
systemctl restart fail2ban

# Broker
apt-get -y install mosquitto
systemctl enable mosquitto
systemctl start mosquitto

# Certificate
apt-get -y install certbot
certbot certonly --standalone --non-interactive --agree-tos --register-unsafely-without-email \
  --server "$ACME_DIRECTORY" -d "$DOMAIN"

# Broker's configuration
cp "/etc/letsencrypt/live/$DOMAIN/fullchain.pem" /etc/mosquitto/certs/fullchain.pem
cp "/etc/letsencrypt/live/$DOMAIN/privkey.pem" /etc/mosquitto/certs/privkey.pem
chown mosquitto:mosquitto /etc/mosquitto/certs/*.pem
chmod 600 /etc/mosquitto/certs/privkey.pem
mosquitto_passwd -b -c /etc/mosquitto/passwd device-1 "$DEVICE_PASSWORD"
chown mosquitto:mosquitto /etc/mosquitto/passwd
cat >/etc/mosquitto/conf.d/guide.conf <<'END'
allow_anonymous false
password_file /etc/mosquitto/passwd
listener 1883
listener 8883
certfile /etc/mosquitto/certs/fullchain.pem
keyfile /etc/mosquitto/certs/privkey.pem
listener 8084
protocol websockets
certfile /etc/mosquitto/certs/fullchain.pem
keyfile /etc/mosquitto/certs/privkey.pem
END
systemctl restart mosquitto
systemctl status --no-pager mosquitto

# Renewal
cat >/etc/letsencrypt/renewal-hooks/post/mosquitto.sh <<END
#!/bin/sh
cp /etc/letsencrypt/live/$DOMAIN/fullchain.pem /etc/mosquitto/certs/fullchain.pem
cp /etc/letsencrypt/live/$DOMAIN/privkey.pem /etc/mosquitto/certs/privkey.pem
chown mosquitto:mosquitto /etc/mosquitto/certs/*.pem
systemctl restart mosquitto
echo "Certificates were copied successfully"
END

# Fingerprint
openssl x509 -in "/etc/letsencrypt/live/$DOMAIN/cert.pem" -noout -fingerprint -sha1
openssl s_client -connect localhost:8883 -servername "$DOMAIN" </dev/null 2>/dev/null | openssl x509 -noout -fingerprint -sha1
